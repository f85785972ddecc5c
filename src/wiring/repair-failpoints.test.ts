import { describe, expect, it } from 'vitest';
import { kubernetesPlaybookWriter } from '../adapters/kubernetes/playbook-writer.ts';
import { kubernetesRepairObjects } from '../adapters/kubernetes/repair-objects.ts';
import { kubernetesRepairs } from '../adapters/kubernetes/repairs/repairs.ts';
import { memoryLearning } from '../adapters/memory/learning.ts';
import { REPAIR_EFFECTS } from '../config/slices/faults.ts';
import type { RepairRunStatus } from '../crds/repairrun/status.ts';
import { recordStage } from '../domain/repair/record-stage.ts';
import type { KubeClient } from '../kube/client.ts';
import type { At } from './delivery-failpoints.ts';
import { objectsAt, repairEndsAt } from './repair-failpoints.ts';

const now = (): Date => new Date();
const none = (): Promise<never> => new Promise(() => {});

/** What changes nothing anywhere, or has its dry run only. */
const READS = [
  'repairs plan dryRun seen state isEnabled',
  'learning anomaly outcomes playbook totals candidates',
  'writer mayLearnAgain',
  'objects playbooks runs runsNow',
];
/** Taken off the list once its playbook is written: who dies before that finds it there again. */
const TICKED_OFF = ['learning settle'];

const watch: KubeClient['watch'] = () => {
  throw new Error('nobody watches');
};

/** All that is changed for a repair besides the status of its run, none of it within reach. */
function parts() {
  const client: KubeClient = { request: none, watch, close: async () => {} };
  const nothing = { list: () => [] };
  return {
    ends: {
      repairs: kubernetesRepairs(client),
      people: { tell: none },
      learning: memoryLearning({ now }),
      writer: kubernetesPlaybookWriter(client),
    },
    objects: kubernetesRepairObjects({ client, playbooks: nothing, runs: nothing, namespaces: [], now }),
  };
}

/** Which effects each method has that is not excepted. */
function effects(): Map<string, string[]> {
  const excepted = new Set(
    [...READS, ...TICKED_OFF].flatMap(list => list.split(' ').map((name, n, [port]) => (n > 0 ? `${port}.${name}` : ''))),
  );
  const found = new Map<string, string[]>();
  let current: string[] = [];
  const at: At = effect => {
    current.push(effect);
    return none();
  };
  const { ends, objects } = parts();
  for (const [name, port] of Object.entries({ ...repairEndsAt(ends, at), objects: objectsAt(objects, at) })) {
    for (const [method, call] of Object.entries<unknown>({ ...port })) {
      if (excepted.has(`${name}.${method}`)) continue;
      current = [];
      if (typeof call === 'function') Reflect.apply(call, port, [{}, {}, AbortSignal.abort()]);
      found.set(`${name}.${method}`, current);
    }
  }
  return found;
}

const time = '2026-01-01T00:00:00.000Z';
const intended = { index: 0, action: 'restart_pod', intent: { time, summary: '', plan: '' } } as const;
const done = { ...intended, effectTime: time, deed: { time, result: 'Done' } } as const;
/** The records of a run's life that say something of the world outside. */
const RECORDS: readonly RepairRunStatus[] = [
  { phase: 'Running', steps: [intended] },
  { phase: 'Verifying', steps: [done] },
  { phase: 'Verifying', steps: [done], verdict: { phase: 'Succeeded', reason: 'Resolved', message: '', time } },
];

describe('every effect of a repair', () => {
  it('has a name by which a test can kill there, and no two effects have the same but for the deed itself', () => {
    const found = effects();
    expect([...found].filter(([, names]) => names.length !== 1)).toEqual([]);
    const names = [...found.values()].flat();
    expect(names.filter(name => name === 'run-effect')).toHaveLength(2);
    expect(new Set([...names, ...RECORDS.map(recordStage)])).toEqual(new Set(REPAIR_EFFECTS));
  });
});
