import type { RepairPlaybook } from '../../src/crds/repairplaybook/kind.ts';
import type { RepairRun } from '../../src/crds/repairrun/kind.ts';
import type { RecordedApproval, RepairRunStatus } from '../../src/crds/repairrun/status.ts';
import { ENDED_PHASES } from '../../src/crds/repairrun/status.ts';
import { waitsForApproval } from '../../src/domain/approvals/decide-run.ts';
import type { RepairObjects, WantedRun } from '../../src/domain/ports/repair-objects.ts';

export interface RepairDesk {
  readonly objects: RepairObjects;
  readonly playbooks: RepairPlaybook[];
  /** By NAMESPACE/NAME; what the caches do not show yet is here too. */
  readonly runs: Map<string, RepairRun>;
  /** Every name that was asked for, made or there already. */
  readonly asked: string[];
  /** What was answered for people, by the run's name. */
  readonly answers: Map<string, { readonly by: string; readonly helped: boolean }>;
  /** Brings a run where its controller would. */
  move(name: string, status: RepairRunStatus): void;
  /** From now on the caches show of runs what they show now. */
  freeze(): void;
}

const keyOf = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;
const NOW = '2026-11-26T10:00:02.000Z';

/** Playbooks and runs without an API server: writes count at once, and caches may lag behind. */
export function repairDesk(playbooks: RepairPlaybook[] = []): RepairDesk {
  const runs = new Map<string, RepairRun>();
  const asked: string[] = [];
  const answers: RepairDesk['answers'] = new Map();
  let frozen: readonly RepairRun[] | undefined;

  function decide(run: RepairRun, decision: Omit<RecordedApproval, 'time'>): 'recorded' | 'repeated' | 'late' {
    const before = run.status?.approvals ?? [];
    if (before.some(each => each.by === decision.by && each.decision === decision.decision)) return 'repeated';
    if (!waitsForApproval(run.status ?? {}, new Date(NOW))) return 'late';
    const approvals = [...before.filter(({ by }) => by !== decision.by), { ...decision, time: NOW }];
    runs.set(keyOf(run.metadata), { ...run, status: { ...run.status, approvals } });
    return 'recorded';
  }

  return {
    playbooks,
    runs,
    asked,
    answers,
    move(name, status) {
      const run = runs.get(name);
      if (run) runs.set(name, { ...run, status: { ...run.status, ...status } });
    },
    freeze: () => void (frozen = [...runs.values()]),
    objects: {
      playbooks: () => playbooks,
      runs: () => frozen ?? [...runs.values()],
      runsNow: async () => [...runs.values()],
      async create(wanted) {
        asked.push(keyOf(wanted));
        if (runs.has(keyOf(wanted))) return false;
        runs.set(keyOf(wanted), runOf(wanted));
        return true;
      },
      async decide(run, decision) {
        const found = runs.get(keyOf(run));
        return found?.metadata.uid === run.uid ? decide(found, decision) : 'missing';
      },
      async answer(run, { by, helped }) {
        const found = runs.get(keyOf(run));
        if (!found) return 'missing';
        const before = answers.get(keyOf(run));
        if (before) return before.by === by && before.helped === helped ? 'repeated' : 'late';
        if (ENDED_PHASES.includes(found.status?.phase ?? 'AwaitingApproval')) return 'late';
        answers.set(keyOf(run), { by, helped });
        return 'recorded';
      },
      async remove(run) {
        if (runs.get(keyOf(run))?.metadata.uid === run.uid) runs.delete(keyOf(run));
      },
    },
  };
}

/** As it stands when its controller has looked at it once: it waits, and has an id. */
export function runOf({ namespace, name, spec }: WantedRun, status: RepairRunStatus = {}): RepairRun {
  return {
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'RepairRun',
    metadata: { name, namespace, uid: `uid of ${namespace}/${name}`, generation: 1, resourceVersion: '1' },
    spec,
    status: { phase: 'AwaitingApproval', approvalId: `rr-${name.slice(-12)}`, expiresAt: '2026-11-26T10:30:00.000Z', ...status },
  };
}
