import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { RecordedApproval } from '../../crds/repairrun/status.ts';

export type RunDecision =
  | { readonly is: 'approved'; readonly by: readonly string[]; readonly at: Date }
  | { readonly is: 'rejected'; readonly by: string; readonly reason?: string }
  /** `ignored`: whose decision does not count, and why. */
  | { readonly is: 'open'; readonly approvals: number; readonly ignored: readonly string[] };

type Deciding = Pick<RepairRun, 'spec' | 'status'>;

/**
 * Those that are recorded, with what stands in spec.approvals and was not seen before, as of now, and without the approvals that their
 * users have taken out of there again.
 */
export function recordedApprovals({ spec, status }: Deciding, now: Date): readonly RecordedApproval[] {
  const recorded = (status?.approvals ?? []).filter(one => !isTakenBack(one, spec.approvals));
  const news = spec.approvals.filter(({ by, decision }) => isNews(recorded, { by, decision }));
  const seen = news.map(({ by, decision, reason }) => ({
    by,
    via: 'kubernetes' as const,
    decision,
    ...(reason !== undefined && { reason }),
    time: now.toISOString(),
  }));
  return [...recorded.filter(({ by }) => !seen.some(one => one.by === by)), ...seen];
}

/** A rejection has decided by the time that it is recorded. */
function isTakenBack({ by, via, decision }: RecordedApproval, entries: Deciding['spec']['approvals']): boolean {
  return via === 'kubernetes' && decision === 'Approve' && !entries.some(entry => entry.by === by);
}

/** An approval by kubectl says nothing against a rejection that the same person gave elsewhere. */
function isNews(recorded: readonly RecordedApproval[], { by, decision }: Pick<RecordedApproval, 'by' | 'decision'>): boolean {
  const known = recorded.find(one => one.by === by);
  if (!known) return true;
  return known.via !== 'gate' && known.decision !== decision && (known.via === 'kubernetes' || decision === 'Reject');
}

/**
 * What people have decided. Only those who are listed count, where anybody is; each person once, by whatever way; none who decided after
 * the run had expired. The first rejection decides, or the quorum.
 */
export function decisionOf(run: Deciding, now: Date): RunDecision {
  return decisionBy(recordedApprovals(run, now), run);
}

/** By what is recorded alone: who enters a decision, or takes one back, once the run waits no longer has come too late. */
export function recordedDecision(run: Deciding): RunDecision {
  return decisionBy(run.status?.approvals ?? [], run);
}

function decisionBy(approvals: readonly RecordedApproval[], run: Deciding): RunDecision {
  const { approvers, quorum } = run.spec.approval;
  const voices = approvals.filter(({ via }) => via !== 'gate');
  const judged = voices.map(voice => ({ voice, ignored: whyIgnored(voice, { approvers, expiresAt: run.status?.expiresAt }) }));
  const counted = judged.filter(({ ignored }) => ignored === undefined).map(({ voice }) => voice);
  const inTime = counted.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time));
  const no = inTime.find(({ decision }) => decision === 'Reject');
  if (no) return { is: 'rejected', by: nameOf(no), ...(no.reason !== undefined && { reason: no.reason }) };
  const last = inTime[quorum - 1];
  if (last) return { is: 'approved', by: inTime.map(nameOf), at: new Date(last.time) };
  return { is: 'open', approvals: counted.length, ignored: judged.flatMap(({ ignored }) => ignored ?? []) };
}

/**
 * Why, in the words of the last person whose approval counts and who gave a reason. What is not recorded had no part in the decision.
 */
export function reasonOfApproval({ spec, status }: Deciding): string | undefined {
  const terms = { approvers: spec.approval.approvers, expiresAt: status?.expiresAt };
  const said = (status?.approvals ?? []).filter(
    voice => voice.via !== 'gate' && voice.decision === 'Approve' && isText(voice.reason) && whyIgnored(voice, terms) === undefined,
  );
  return said.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time)).at(-1)?.reason;
}

const isText = (text = ''): boolean => text.trim() !== '';

/** The name of a person where `by` is a number. */
const nameOf = ({ by, name }: Pick<RecordedApproval, 'by' | 'name'>): string => name ?? by;

interface Terms {
  readonly approvers: readonly string[];
  readonly expiresAt: string | undefined;
}

function whyIgnored({ by, via, time }: RecordedApproval, { approvers, expiresAt }: Terms): string | undefined {
  // A user of Kubernetes may be called anything, also like an id of Telegram.
  if ((via === 'telegram') !== by.startsWith('telegram:')) return `${by} did not come by the way that this name stands for`;
  if (approvers.length > 0 && !approvers.includes(by)) return `${by} is not among spec.approval.approvers`;
  if (expiresAt !== undefined && Date.parse(time) >= Date.parse(expiresAt)) return `the decision of ${by} came after the run had expired`;
  return undefined;
}
