import { durationMs } from '../../crds/duration.ts';
import type { VerifyTerms } from '../../crds/repairplaybook/terms.ts';
import type { RunVerdict } from '../../crds/repairrun/status.ts';
import type { AlertTestimony } from '../ports/alert-witness.ts';
import type { WorkloadState } from '../ports/repairs.ts';

export interface Trial {
  readonly testimony: AlertTestimony;
  /** How the workloads stand, the worst of them; undefined where nobody can say, `none` where nothing was done to one. */
  readonly workload: WorkloadState | 'none' | undefined;
  readonly terms: VerifyTerms;
  /** When the first step began: an alert that had resolved by then was not repaired. */
  readonly begunAt: Date;
  /** When the last step was done. */
  readonly doneAt: Date;
  /** When the alert resolved, as it was seen before. */
  readonly resolvedAt: Date | undefined;
  /** Whether the alert's rule was seen at any time since. */
  readonly ruleSeen: boolean;
  readonly now: Date;
}

export type Judgement =
  | { readonly is: 'open'; readonly detail: string; readonly until: Date; readonly resolvedAt?: Date; readonly quietUntil?: Date }
  | ({ readonly is: 'decided' } & Pick<RunVerdict, 'phase' | 'reason' | 'message'>);

const failed = (reason: string, message: string): Judgement => ({ is: 'decided', phase: 'Failed', reason, message });
const unknown = (reason: string, message: string): Judgement => ({ is: 'decided', phase: 'Unknown', reason, message });

/**
 * Whether a repair helped. Only by the alert: it resolved within the window, did not fire again in the quiet time, the workload is available,
 * and the chain was alive meanwhile. What nobody can say is Unknown.
 */
export function judge(trial: Trial): Judgement {
  const { testimony, resolvedAt } = trial;
  if (testimony.alert === 'gone') return unknown('IncidentGone', 'The incident is not known any more, so that nothing can be said.');
  if (resolvedAt && firedSince(testimony, resolvedAt)) {
    return provable(trial) ?? failed('FiredAgain', `The alert had resolved and fired again within the quiet time. ${testimony.detail}`);
  }
  const at = resolvedAt ?? resolution(trial);
  return at ? resolved(trial, at) : unresolved(trial);
}

/** So long the alert must be quiet: deleting a pod resolves its alert by itself, and only after its `for` and two evaluations it may fire again. */
export function quietMs(terms: VerifyTerms, timing: AlertTestimony['timing']): number {
  const forMs = timing?.forMs ?? durationMs(terms.alertFor);
  const intervalMs = timing?.intervalMs ?? durationMs(terms.evaluationInterval);
  return Math.max(durationMs(terms.quiet), forMs + 2 * intervalMs);
}

function firedSince({ alert, lastFiredAt }: AlertTestimony, resolvedAt: Date): boolean {
  return alert === 'firing' || (lastFiredAt !== undefined && lastFiredAt > resolvedAt);
}

/** By the sender's word, which may be of a clock that is ahead. */
function resolution({ testimony: { alert, resolvedAt }, now }: Trial): Date | undefined {
  return alert === 'resolved' && resolvedAt ? new Date(Math.min(resolvedAt.getTime(), now.getTime())) : undefined;
}

export function resolvesBy(doneAt: Date, { window }: Pick<VerifyTerms, 'window'>): Date {
  return new Date(doneAt.getTime() + durationMs(window));
}

/** What a run says while it waits must not change from look to look: each change would be written and shown. */
export function windowOpen(until: Date): string {
  return `The alert has to resolve until ${until.toISOString()}.`;
}

function unresolved(trial: Trial): Judgement {
  const { testimony, terms, doneAt, now } = trial;
  const until = resolvesBy(doneAt, terms);
  if (now < until) return { is: 'open', detail: windowOpen(until), until };
  if (testimony.alert === 'resolved') {
    return unknown(
      'ResolvedByPerson',
      'A person has resolved the incident, and its sender has not said that the alert did: nothing can be said.',
    );
  }
  return provable(trial) ?? failed('NotResolved', `The alert did not resolve within ${terms.window}. ${testimony.detail}`);
}

function resolved(trial: Trial, at: Date): Judgement {
  const { testimony, terms, begunAt, doneAt, now } = trial;
  // What was told only after the repair may have ended before it.
  if (at <= begunAt || (testimony.endedAt ?? at) <= begunAt)
    return unknown('ResolvedBefore', 'The alert had resolved before anything was done: the repair did not do that.');
  if (at.getTime() > doneAt.getTime() + durationMs(terms.window)) {
    return provable(trial) ?? failed('NotResolved', `The alert did not resolve within ${terms.window}, but later.`);
  }
  // What was quiet while nobody was heard proves nothing: after such a gap it must be quiet for as long again.
  const from = Math.max(at.getTime(), testimony.aliveSince?.getTime() ?? 0);
  const quiet = quietMs(terms, testimony.timing);
  if (from > at.getTime() + quiet + durationMs(terms.window) + PATIENCE_MS) return heardWithGaps(trial);
  const quietUntil = new Date(from + quiet);
  const waits = { is: 'open', until: quietUntil, resolvedAt: at, quietUntil } as const;
  if (now < quietUntil) return { ...waits, detail: `The alert resolved; it must not fire again until ${quietUntil.toISOString()}.` };
  return provable(trial) ?? ruleGone(trial) ?? byWorkload(trial, waits);
}

/** A chain that comes and goes would put the end off for ever. */
const PATIENCE_MS = 3_600_000;

function heardWithGaps({ testimony: { detail } }: Trial): Judgement {
  return unknown('ChainUnheard', `The alert chain was heard only with gaps for too long, so that nothing can be said. ${detail}`);
}

/** Where the chain is not proven alive, silence means nothing; nor does an alert that no news ends. */
function provable({ testimony: { chain, detail } }: Trial): Judgement | undefined {
  if (chain === 'alive') return undefined;
  if (chain === 'broken') return unknown('ChainBroken', `The alert chain was broken meanwhile, so that nothing can be said. ${detail}`);
  return unknown('ChainUnheard', `Nothing proves that the alert chain was alive meanwhile, so that nothing can be said. ${detail}`);
}

/** Whoever deletes a rule ends its alert. */
function ruleGone({ ruleSeen, testimony: { timing, detail } }: Trial): Judgement | undefined {
  if (!ruleSeen || timing) return undefined;
  return unknown('RuleGone', `The rule of the alert was there and is not any more, so that its silence says nothing. ${detail}`);
}

function byWorkload({ workload, terms, now }: Trial, waits: Omit<Extract<Judgement, { is: 'open' }>, 'detail'>): Judgement {
  const last = new Date(waits.until.getTime() + durationMs(terms.window));
  const good = { is: 'decided', phase: 'Succeeded', reason: 'Resolved' } as const;
  if (workload === 'none') return { ...good, message: 'The alert resolved and stayed quiet.' };
  if (workload?.is === 'available') return { ...good, message: `The alert resolved and stayed quiet. ${workload.detail}` };
  if (workload?.is === 'gone') return unknown('TargetGone', `The target is gone, so that nothing can be said. ${workload.detail}`);
  if (workload?.is === 'unavailable')
    return failed('WorkloadUnavailable', `The alert resolved, but the workload is not available. ${workload.detail}`);
  if (now < last) return { ...waits, until: last, detail: 'The alert stayed quiet; it is waited for the workload.' };
  if (!workload) return unknown('WorkloadUnknown', 'The workload cannot be looked at, so that nothing can be said.');
  return failed('WorkloadUnavailable', `The alert resolved, but the workload did not become available. ${workload.detail}`);
}
