import { REPAIR_RUN, type RepairRun } from '../../crds/repairrun/kind.ts';
import type { Decision } from '../../crds/repairrun/spec.ts';
import type { RecordedApproval } from '../../crds/repairrun/status.ts';
import { approvalOf } from '../../domain/approvals/approval.ts';
import { approvalView, type ApprovalView, drillApprovalView } from '../../domain/approvals/approval-view.ts';
import { decideRun, type Lateness, latenessOf, runOfApproval } from '../../domain/approvals/decide-run.ts';
import type { DrillApprovals } from '../../domain/ports/drill-approvals.ts';
import type { RepairObjects } from '../../domain/ports/repair-objects.ts';
import { type ApiGate } from '../auth/api-caller.ts';
import { admitPerson } from '../auth/person.ts';

interface Verb {
  readonly name: 'approve' | 'reject' | 'withdraw';
  readonly decision: Decision;
  /** What a drill becomes by it. */
  readonly drill: 'approved' | 'rejected' | 'withdrawn';
  readonly summary: string;
}

export const VERBS: readonly Verb[] = [
  { name: 'approve', decision: 'Approve', drill: 'approved', summary: 'Approve a repair' },
  { name: 'reject', decision: 'Reject', drill: 'rejected', summary: 'Reject a repair' },
  { name: 'withdraw', decision: 'Reject', drill: 'withdrawn', summary: 'Withdraw a drill; of a repair it is a rejection' },
];

/** What became of a decision, for whoever asked for it. */
export type Settled =
  | { readonly is: 'decided'; readonly approval: ApprovalView }
  | { readonly is: 'missing' }
  | { readonly is: 'late'; readonly approval: ApprovalView; readonly reason: string }
  | { readonly is: 'refused'; readonly status: 401 | 403; readonly reason: string };

export async function decideDrill(
  drills: DrillApprovals,
  { id, verb, by }: { readonly id: string; readonly verb: Verb; readonly by: string },
  signal: AbortSignal,
): Promise<Settled> {
  const drill = await drills.decide(id, { status: verb.drill, by }, signal);
  if (!drill) return { is: 'missing' };
  const approval = drillApprovalView(drill);
  return drill.status === verb.drill
    ? { is: 'decided', approval }
    : { is: 'late', approval, reason: `the drill is ${drill.status} already` };
}

interface Asked {
  readonly id: string;
  readonly verb: Verb;
  /** By which the caller proves who they are. */
  readonly header: string | undefined;
  readonly reason: string | undefined;
}

type Deps = ApiGate & { readonly approvals: { readonly objects: RepairObjects }; readonly now: () => Date };

/** By a person alone, in the name that Kubernetes knows them by. */
export async function decideRunAs(deps: Deps, { id, verb, header, reason }: Asked, signal: AbortSignal): Promise<Settled> {
  const { objects } = deps.approvals;
  const run = runOfApproval(objects, id);
  if (!run) return { is: 'missing' };
  const { namespace, name } = run.metadata;
  const access = { verb: 'approve', group: REPAIR_RUN.group, resource: REPAIR_RUN.plural, namespace, name };
  const person = await admitPerson(deps, { header, access, signal });
  if (person.is === 'refused') return person;
  const own = { by: person.caller, via: 'api', decision: verb.decision, ...(reason !== undefined && { reason }) } as const;
  const decided = await decideRun({ objects }, { approvalId: id, ...own }, signal);
  const approval = decided.run && approvalOf(decided.run);
  if (decided.is === 'missing' || !approval) return { is: 'missing' };
  if (decided.is === 'not-an-approver') return { is: 'refused', status: 403, reason: notListed(person.caller, approval.playbook) };
  if (decided.is === 'late')
    return { is: 'late', approval: approvalView(approval), reason: LATE[latenessOf(decided.run, objects, deps.now())](decided.run) };
  return {
    is: 'decided',
    approval: approvalView({ ...approval, decisions: withOwn(approval.decisions, { ...own, time: deps.now().toISOString() }) }),
  };
}

/** The cache shows a decision a moment after it was recorded. */
function withOwn(decisions: readonly RecordedApproval[], own: RecordedApproval): readonly RecordedApproval[] {
  const before = decisions.find(({ by }) => by === own.by);
  if (before?.decision === own.decision && (own.reason ?? before.reason) === before.reason) return decisions;
  return [...decisions.filter(({ by }) => by !== own.by), own];
}

function notListed(user: string, playbook: string): string {
  return `playbook ${playbook} lists who decides, and ${user} is not among them: ask one of approval.approvers, or have yourself added`;
}

const LATE: Readonly<Record<Lateness, (run: RepairRun) => string>> = {
  approved: ({ status }) => `the repair was approved already, and is ${status?.phase ?? 'under way'}`,
  rejected: () => 'the repair was rejected already: a new incident, or a person, asks anew',
  expired: ({ status }) =>
    `the approval expired${status?.expiresAt === undefined ? '' : ` at ${status.expiresAt}`}: a new incident, or a person, asks anew`,
  changed: () => 'the playbook has changed since this was asked for: a new run asks for what it is now',
  over: () => 'the repair no longer waits for approval',
};
