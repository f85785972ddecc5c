import type { RepairRun } from '../../src/crds/repairrun/kind.ts';
import { RepairRunSpec } from '../../src/crds/repairrun/spec.ts';
import type { RepairRunStatus } from '../../src/crds/repairrun/status.ts';

/** A valid spec of a run, with all defaults. */
export function runSpec(over: object = {}): RepairRun['spec'] {
  return RepairRunSpec.parse({
    playbookRef: { name: 'restart-checkout' },
    playbookHash: '3f9c0a1b2c4d5e6f',
    incidentId: 'inc-07-3f9c0a1b2c4d5',
    anomalyKey: 'v1-3f9c0a1b2c4d5e6f',
    alertname: 'HighLatency',
    steps: [{ action: 'restart_pod', target: { kind: 'Deployment', name: 'checkout' } }],
    ...over,
  });
}

const APPROVAL_ID = 'rr-0123456789abcdef0123';

/** A run that waits for its approval. */
export function waitingRun({
  name = 'restart-checkout-1',
  spec = {},
  status = {},
}: {
  name?: string;
  spec?: object;
  status?: RepairRunStatus;
} = {}): RepairRun {
  return {
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'RepairRun',
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, generation: 1, resourceVersion: '1' },
    spec: runSpec(spec),
    status: {
      phase: 'AwaitingApproval',
      approvalId: APPROVAL_ID,
      requestedAt: '2026-03-29T02:00:00.000Z',
      expiresAt: '2026-03-29T02:30:00.000Z',
      message: 'It waits for 1 approval.',
      ...status,
    },
  };
}
