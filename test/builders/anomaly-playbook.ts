import { parseRepairPlaybook } from '../../src/crds/repairplaybook/parse.ts';
import type { RepairPlaybook } from '../../src/crds/repairplaybook/kind.ts';
import type { RepairPlaybookStatus } from '../../src/crds/repairplaybook/status.ts';

export const PLAYBOOK_KIND = { apiVersion: 'awoooi.io/v1alpha1', kind: 'RepairPlaybook' } as const;

export interface PlaybookGiven {
  readonly spec?: object;
  readonly metadata?: object;
  readonly status?: RepairPlaybookStatus;
}

/** A restart of the deployment `api` in `shop`, for one anomaly. */
export function repairPlaybook({ spec, metadata, status }: PlaybookGiven = {}): RepairPlaybook {
  const parsed = parseRepairPlaybook({
    ...PLAYBOOK_KIND,
    metadata: { name: 'restart-api', namespace: 'shop', uid: 'u-1', generation: 1, resourceVersion: '1', ...metadata },
    spec: {
      match: { anomalyKey: 'v1-7000000000000000' },
      steps: [{ action: 'restart_pod', target: { kind: 'Deployment', name: 'api' } }],
      ...spec,
    },
    ...(status && { status }),
  });
  if (parsed.ok) return parsed.object;
  throw new Error(parsed.problems.join('; '));
}
