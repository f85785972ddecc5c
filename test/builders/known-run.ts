import type { ObjectMeta } from '../../src/crds/object.ts';
import type { RepairPlaybook } from '../../src/crds/repairplaybook/kind.ts';
import { RepairPlaybookSpec } from '../../src/crds/repairplaybook/spec.ts';
import type { RepairPlaybookStatus } from '../../src/crds/repairplaybook/status.ts';
import type { RepairRun } from '../../src/crds/repairrun/kind.ts';
import { RepairRunSpec } from '../../src/crds/repairrun/spec.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import type { RecordedApproval, RepairRunStatus } from '../../src/crds/repairrun/status.ts';
import { incidentAt } from './incident.ts';

export const HASH = '0123456789abcdef';
export const ANOMALY = 'v1-3f9c0a1b2c4d5e6f';
export const INCIDENT = 'inc-1';

const META: ObjectMeta = {
  name: 'restart-web',
  namespace: 'shop',
  uid: 'uid-1',
  generation: 1,
  resourceVersion: '7',
  creationTimestamp: '2026-01-01T00:00:00Z',
};

export const RESTART = { action: 'restart_pod', target: { kind: 'Deployment', name: 'web' }, parameters: {} } as const;
export const SCALE = { action: 'scale_up', target: { kind: 'Deployment', name: 'web' }, parameters: { by: 1 } } as const;
export const BY_HAND = { action: 'manual_intervention', parameters: { text: 'Swap the disk.' } } as const;

export const TELL = { action: 'notify_team', parameters: { text: 'The disk is full.' } } as const;
export const ISSUE = { action: 'create_issue', parameters: {} } as const;

export interface PlaybookParts {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: Partial<RepairPlaybookSpec>;
  readonly status?: RepairPlaybookStatus;
}

/** A playbook that has proved itself, with one restart, changed where the test says so. */
export function repairPlaybook({ metadata, spec, status }: PlaybookParts = {}): RepairPlaybook {
  return {
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'RepairPlaybook',
    metadata: { ...META, uid: 'uid-playbook', ...metadata },
    spec: { ...RepairPlaybookSpec.parse({ match: { alertname: 'HighLatency' }, steps: [RESTART] }), ...spec },
    status: { observedGeneration: 1, hash: HASH, trust: 'Trusted', stats: PROVEN, ...status },
  };
}

export const PROVEN = {
  attempts: 12,
  successes: 12,
  successRate: 1,
  lowerBound: 0.79,
  effectiveN: 12,
  avgExecutionSeconds: 4,
  lastOutcomes: [],
};

export interface RunParts {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: Partial<RepairRunSpec>;
  readonly status?: RepairRunStatus;
}

/** A run of it that waits for nobody yet. */
export function repairRun({ metadata, spec, status }: RunParts = {}): RepairRun {
  const given = { playbookRef: { name: 'restart-web' }, playbookHash: HASH, steps: [RESTART] };
  const incident = { incidentId: INCIDENT, anomalyKey: ANOMALY, alertname: 'HighLatency' };
  return {
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'RepairRun',
    metadata: { ...META, name: 'restart-web-1', ...metadata },
    spec: { ...RepairRunSpec.parse({ ...given, ...incident }), ...spec },
    ...(status && { status }),
  };
}

/** The incident that it is for. */
export function knownIncident(over: Partial<Incident> = {}): Incident {
  const labels = { alertname: 'HighLatency', namespace: 'shop', deployment: 'web' };
  return incidentAt(new Date('2026-01-01T00:00:00Z'), { id: INCIDENT, anomalyKey: ANOMALY, name: 'HighLatency', labels, ...over });
}

/** The playbook of which the run was made. */
export function playbookOfRun({ spec }: RepairRun, over: PlaybookParts = {}): RepairPlaybook {
  const { steps, mode, approval: asked, verify, limits, onFailure, gitOps } = spec;
  return repairPlaybook({ ...over, spec: { steps, mode, approval: asked, verify, limits, onFailure, gitOps, ...over.spec } });
}

export function approval(over: Partial<RecordedApproval> = {}): RecordedApproval {
  return { by: 'mei@example.com', via: 'api', decision: 'Approve', time: '2026-01-01T00:05:00.000Z', ...over };
}
