import { describe, expect, it } from 'vitest';
import { kubernetesPlaybookWriter } from '../adapters/kubernetes/playbook-writer.ts';
import { kubernetesRepairObjects } from '../adapters/kubernetes/repair-objects.ts';
import { kubernetesRepairPause } from '../adapters/kubernetes/repair-pause.ts';
import { kubernetesRepairs } from '../adapters/kubernetes/repairs/repairs.ts';
import { memoryLearning } from '../adapters/memory/learning.ts';
import { memoryPromotions } from '../adapters/memory/promotion-memory.ts';
import { REPAIR_EFFECTS } from '../config/slices/faults.ts';
import type { PromoterDeps } from '../controllers/repairplaybook/deps.ts';
import type { RunPorts } from '../controllers/repairrun/deps.ts';
import type { RepairRunStatus } from '../crds/repairrun/status.ts';
import { recordStage } from '../domain/repair/record-stage.ts';
import type { KubeClient } from '../kube/client.ts';
import type { At } from './delivery-failpoints.ts';
import type { RepairDesk } from './repair-desk.ts';
import { objectsAt, pauseAt, repairEndsAt } from './repair-failpoints.ts';

const now = (): Date => new Date();
const none = (): Promise<never> => new Promise(() => {});

/** What changes nothing anywhere, or has its dry run only. */
const READS = [
  'repairs plan dryRun seen state isEnabled',
  'learning anomaly outcomes playbook totals candidates',
  'writer mayLearnAgain',
  'objects playbooks runs runsNow',
  'memory lastSeen',
  'pause requests',
];
/** Taken off the list once its playbook is written: who dies before that finds it there again. */
const TICKED_OFF = ['learning settle'];

/** Of what the maker of playbooks is given, that which reaches nobody outside. */
type Within =
  | 'totals'
  | 'posterior'
  | 'rootCauseOf'
  | 'promotion'
  | 'learnedNamespace'
  | 'looksAfter'
  | 'counted'
  | 'log'
  | 'now'
  | 'random';
type Port = keyof RunPorts | Exclude<keyof PromoterDeps, Within> | Exclude<keyof RepairDesk, 'synced' | 'hasPlaybooks'>;

/** Every port of what repairs, so that a new one cannot be forgotten: named here, only read, or named with the stores of incidents. */
const PORTS: Readonly<Record<Port, 'named' | 'read' | 'with incidents'>> = {
  objects: 'named',
  repairs: 'named',
  people: 'named',
  pause: 'named',
  learning: 'named',
  writer: 'named',
  memory: 'named',
  witness: 'read',
  specs: 'read',
  playbooks: 'read',
  incidents: 'with incidents',
};

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
      memory: memoryPromotions(),
    },
    objects: kubernetesRepairObjects({ client, playbooks: nothing, runs: nothing, namespaces: [], now }),
    pause: kubernetesRepairPause({ client, namespace: 'operator', now }),
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
  const { ends, objects, pause } = parts();
  for (const [name, port] of Object.entries({ ...repairEndsAt(ends, at), objects: objectsAt(objects, at), pause: pauseAt(pause, at) })) {
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
const verdict = { phase: 'Failed', reason: 'NotResolved', message: '', time } as const;
/** The records of a run's life that say something of the world outside. */
const RECORDS: readonly RepairRunStatus[] = [
  { phase: 'AwaitingApproval' },
  { phase: 'Running', steps: [intended] },
  { phase: 'Running', steps: [{ ...intended, effectTime: time }] },
  { phase: 'Verifying', steps: [done] },
  { phase: 'Verifying', steps: [done], verdict },
  { phase: 'Verifying', steps: [{ ...done, undone: { time, result: 'Done' } }], verdict },
  { phase: 'Failed', steps: [done], verdict },
];

describe('every effect of a repair', () => {
  it('has a name by which a test can kill there, and no two effects have the same but for the deed itself', () => {
    const found = effects();
    expect([...found].filter(([, names]) => names.length !== 1)).toEqual([]);
    const names = [...found.values()].flat();
    expect(names.filter(name => name === 'run-effect')).toHaveLength(2);
    expect(new Set([...names, ...RECORDS.map(recordStage), 'playbook-record'])).toEqual(new Set(REPAIR_EFFECTS));
  });
  it('is that of a port which is known here', () => {
    const named = new Set([...effects().keys()].map(method => method.split('.')[0]));
    expect(named).toEqual(new Set(Object.entries(PORTS).flatMap(([port, how]) => (how === 'named' ? port : []))));
  });
});
