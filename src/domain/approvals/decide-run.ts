import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { Decision } from '../../crds/repairrun/spec.ts';
import type { RepairRunStatus } from '../../crds/repairrun/status.ts';
import type { RepairObjects } from '../ports/repair-objects.ts';

export interface WantedDecision {
  readonly approvalId: string;
  readonly decision: Decision;
  /** A user name of Kubernetes, or telegram:ID. */
  readonly by: string;
  readonly via: 'api' | 'telegram';
  /** How the person is called, where `by` is a number. */
  readonly name?: string;
  readonly reason?: string;
}

/** What became of a decision; `run` as it was known, which may be a moment ago. */
export type DecidedRun =
  | { readonly is: 'recorded' | 'repeated' | 'late' | 'not-an-approver'; readonly run: RepairRun }
  | { readonly is: 'missing'; readonly run?: undefined };

type Objects = Pick<RepairObjects, 'playbooks' | 'runs' | 'decide'>;

/**
 * Records what a person decided about the run that this approval names: the same over HTTP and from Telegram. That the person is who they
 * say, and may decide at all, was proven before; here it is only asked whether the playbook lists them. The run itself is moved by its
 * controller alone.
 */
export async function decideRun(
  { objects }: { readonly objects: Objects },
  wanted: WantedDecision,
  signal: AbortSignal,
): Promise<DecidedRun> {
  const { approvalId, ...decision } = wanted;
  const run = runOfApproval(objects, approvalId);
  if (!run) return { is: 'missing' };
  if (!mayDecide(run, wanted.by)) return { is: 'not-an-approver', run };
  if (wanted.decision === 'Approve' && isOfOlderPlaybook(run, objects)) return { is: 'late', run };
  const { name, namespace, uid } = run.metadata;
  const is = await objects.decide({ name, namespace, uid }, decision, signal);
  if (is === 'missing') return { is };
  // Whoever sends it again for want of an answer has not come late.
  return { is: is === 'late' && hasDecided(run, wanted) ? 'repeated' : is, run };
}

export function runOfApproval({ runs }: Pick<RepairObjects, 'runs'>, approvalId: string): RepairRun | undefined {
  return runs().find(({ status }) => status?.approvalId === approvalId);
}

/** Whether the playbook lists this person, where it lists anybody. */
export function mayDecide({ spec }: Pick<RepairRun, 'spec'>, by: string): boolean {
  return spec.approval.approvers.length === 0 || spec.approval.approvers.includes(by);
}

/** A run that waited for long enough does so no more, though its controller may be away and has not said so yet. */
export function waitsForApproval({ phase, expiresAt }: Pick<RepairRunStatus, 'phase' | 'expiresAt'>, now: Date): boolean {
  return phase === 'AwaitingApproval' && !hasPassed(expiresAt, now);
}

function hasPassed(time: string | undefined, now: Date): boolean {
  return time !== undefined && now >= new Date(time);
}

/** Why a decision came too late: `changed` means that the playbook is another by now, so that a new run asks. */
export type Lateness = 'approved' | 'rejected' | 'expired' | 'changed' | 'over';

/** Without `now`, where the clock is that of a person's own machine, by the phase alone. */
export function latenessOf(run: RepairRun, objects: Pick<RepairObjects, 'playbooks'>, now?: Date): Lateness {
  const { phase, expiresAt } = run.status ?? {};
  if (phase === 'Rejected') return 'rejected';
  const waited = phase === 'Expired' || phase === 'AwaitingApproval';
  if (waited && isOfOlderPlaybook(run, objects)) return 'changed';
  if (phase === 'Expired' || (waited && now && hasPassed(expiresAt, now))) return 'expired';
  return waited || phase === undefined || phase === 'DryRun' ? 'over' : 'approved';
}

/** What is not known of a playbook is no reason: the run's controller looks again before it does anything. */
function isOfOlderPlaybook({ metadata, spec }: RepairRun, { playbooks }: Pick<RepairObjects, 'playbooks'>): boolean {
  const playbook = playbooks().find(each => each.metadata.namespace === metadata.namespace && each.metadata.name === spec.playbookRef.name);
  const hash = playbook?.status?.hash;
  return hash !== undefined && hash !== spec.playbookHash;
}

function hasDecided({ status }: RepairRun, { by, decision }: Pick<WantedDecision, 'by' | 'decision'>): boolean {
  return status?.approvals?.some(each => each.by === by && each.decision === decision) ?? false;
}
