import type { AlertChainProbe } from '../../src/crds/alertchainprobe/kind.ts';
import { AlertChainProbeSpec } from '../../src/crds/alertchainprobe/spec.ts';
import type { AlertChainProbeStatus, RunStatus } from '../../src/crds/alertchainprobe/status.ts';
import type { Condition } from '../../src/crds/conditions.ts';
import type { ObjectMeta } from '../../src/crds/object.ts';

export interface ProbeParts {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: Partial<AlertChainProbeSpec>;
  readonly status?: AlertChainProbeStatus;
}

/** A probe with one Health hop every five minutes, changed where the test says so. */
export function alertChainProbe({ metadata, spec, status }: ProbeParts = {}): AlertChainProbe {
  return {
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'AlertChainProbe',
    metadata: {
      name: 'production',
      namespace: 'prod',
      uid: '5f0c7c0e-3c1b-4b1a-9a51-2d6b7a2f7c11',
      generation: 3,
      resourceVersion: '7',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec: {
      ...AlertChainProbeSpec.parse({
        schedule: { every: '5m' },
        target: { url: 'http://127.0.0.1:8000' },
        hops: [{ name: 'api', type: 'Health' }],
      }),
      ...spec,
    },
    ...(status && { status }),
  };
}

export function run(over: Partial<RunStatus> = {}): RunStatus {
  return { id: 'run-1', trigger: 'Schedule', phase: 'Passed', runToken: '', generation: 3, startedAt: '2026-01-01T00:00:00.000Z', ...over };
}

export function condition(type: string, over: Partial<Condition> = {}): Condition {
  return {
    type,
    status: 'True',
    reason: 'AllHopsPassed',
    message: '',
    observedGeneration: 3,
    lastTransitionTime: '2026-01-01T00:00:00Z',
    ...over,
  };
}
