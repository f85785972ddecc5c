import type { RecordedApproval, RepairRunStatus } from '../../crds/repairrun/status.ts';
import { waitsForApproval } from '../../domain/approvals/decide-run.ts';
import type { RepairObjects } from '../../domain/ports/repair-objects.ts';
import type { KubeClient } from '../../kube/client.ts';
import { patchGuarded, type PatchOperation } from './guarded-status.ts';

type Decide = RepairObjects['decide'];
type Decision = Parameters<Decide>[1];

interface Deciding {
  readonly run: Parameters<Decide>[0];
  readonly decision: Decision;
  readonly signal: AbortSignal;
}

/** Two decisions of one person are one entry, and none comes to a run that has just stopped waiting. */
export function recordDecision(
  { client, now }: { client: KubeClient; now: () => Date },
  { run, decision, signal }: Deciding,
): ReturnType<Decide> {
  return patchGuarded<'repeated' | 'late'>(client, { run, signal, doing: 'recording a decision' }, status => {
    if (status.approvals?.some(entry => saysTheSame(entry, decision))) return 'repeated';
    if (!waitsForApproval(status, now())) return 'late';
    return entered(status, { ...decision, time: now().toISOString() });
  });
}

/** A reason that is given later is news. */
function saysTheSame(entry: RecordedApproval, { by, decision, reason }: Decision): boolean {
  return entry.by === by && entry.decision === decision && (reason === undefined || entry.reason === reason);
}

function entered({ approvals }: RepairRunStatus, entry: RecordedApproval): readonly PatchOperation[] {
  if (!approvals) return [{ op: 'add', path: '/status/approvals', value: [entry] }];
  const own = approvals.findIndex(({ by }) => by === entry.by);
  return own < 0
    ? [{ op: 'add', path: '/status/approvals/-', value: entry }]
    : [{ op: 'replace', path: `/status/approvals/${own}`, value: entry }];
}
