import type { RepairPlaybook } from '../../src/crds/repairplaybook/kind.ts';
import { parseRepairPlaybook } from '../../src/crds/repairplaybook/parse.ts';
import type { RepairPlaybookStatus } from '../../src/crds/repairplaybook/status.ts';

type Plain = Readonly<Record<string, unknown>>;

export interface PlaybookOver {
  readonly namespace?: string;
  readonly spec?: Plain;
  readonly status?: RepairPlaybookStatus;
}

export const PLAYBOOK_HASH = '3f9c0a1b2c4d5e6f';

/** A playbook for DiskFull that restarts the deployment of the alert, as the cache of an operator holds it that has looked at it. */
export function playbookOf(name: string, { namespace = 'shop', spec = {}, status = {} }: PlaybookOver = {}): RepairPlaybook {
  const parsed = parseRepairPlaybook({
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'RepairPlaybook',
    metadata: { name, namespace, uid: `uid of ${namespace}/${name}`, generation: 1, resourceVersion: '1' },
    spec: {
      match: { alertname: 'DiskFull' },
      steps: [{ action: 'restart_pod', target: { kind: 'Deployment', fromLabel: 'deployment' } }],
      ...spec,
    },
    status: { hash: PLAYBOOK_HASH, ...status },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.object;
}

/** What its runs have shown, as far as suggestions read it. */
export function statsOf(lowerBound: number): RepairPlaybookStatus {
  const counted = { attempts: 5, successes: 5, successRate: 1, effectiveN: 5, avgExecutionSeconds: 30 };
  return { stats: { ...counted, lowerBound, lastOutcomes: [] } };
}
