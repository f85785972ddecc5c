import { durationMs } from '../../crds/duration.ts';
import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import { ENDED_PHASES, type RepairRunStatus, type RunPhase } from '../../crds/repairrun/status.ts';
import { decisionOf, type RunDecision } from './decision.ts';
import { after } from './run-times.ts';
import { isForPeople, recordOf } from './steps-of.ts';

/** How the playbook of a run stands to it. */
export type Standing = 'same' | 'changed' | 'suspended' | 'deleted' | 'unread';

/** What is to be done next for a run; one thing at a time. */
export type RunStep =
  /** It is new: it is compared with its playbook, then the gate is asked, and where that says no, people. */
  | { readonly do: 'admit' }
  /** Nothing may be done: every step is tried. */
  | { readonly do: 'try' }
  | { readonly do: 'reject'; readonly by: string; readonly reason?: string }
  | { readonly do: 'expire'; readonly reason: 'NotApproved' | 'HeldTooLong' | 'PlaybookDeleted'; readonly message: string }
  /** The playbook is another: a new run asks in its place. */
  | { readonly do: 'renew' }
  | { readonly do: 'wait'; readonly reason: string; readonly message: string; readonly until: Date; readonly stalled?: boolean }
  /** The next step may be planned, tried and recorded, if nothing holds it back. `by`: who let the run begin. */
  | { readonly do: 'begin'; readonly index: number; readonly by: 'people' | 'gate' | 'begun' }
  | { readonly do: 'carry-out'; readonly index: number }
  /** No further step may be done: whether this one was is read from the world. */
  | { readonly do: 'look-back'; readonly index: number; readonly why: string }
  | { readonly do: 'settle'; readonly index: number }
  | { readonly do: 'stop'; readonly reason: string; readonly message: string }
  | { readonly do: 'verify' }
  | { readonly do: 'undo'; readonly index: number }
  | { readonly do: 'finish' }
  | { readonly do: 'rest' };

export interface RunFacts {
  readonly run: RepairRun;
  readonly playbook: RepairPlaybook | undefined;
  /** No earlier than any time that the run holds: see `notBefore`. */
  readonly now: Date;
}

export function hasEnded(phase: RunPhase | undefined): boolean {
  return phase !== undefined && ENDED_PHASES.includes(phase);
}

/** Decides the next step of one run; pure. */
export function nextRunStep(facts: RunFacts): RunStep {
  const { spec, status = {} } = facts.run;
  if (hasEnded(status.phase)) return { do: 'rest' };
  if (status.verdict) return toTakeBack(facts.run);
  if (status.phase === 'Running') return running(facts);
  if (status.phase === 'Verifying') return { do: 'verify' };
  if (status.phase === 'AwaitingApproval') return awaiting(facts, status);
  return spec.dryRun || spec.mode === 'Shadow' ? { do: 'try' } : fresh(facts);
}

/** Whoever is asked is asked about a run that was compared with its playbook, so that one must be there and read. */
function fresh({ run, playbook, now }: RunFacts): RunStep {
  const { name } = run.spec.playbookRef;
  switch (standingOf(run, playbook)) {
    case 'deleted':
      return deleted(name);
    case 'changed':
      return { do: 'renew' };
    case 'unread':
      return { do: 'wait', ...unread(name), until: new Date(now.getTime() + SOON_MS) };
    case 'suspended':
    case 'same':
      return { do: 'admit' };
  }
}

export function standingOf({ spec }: RepairRun, playbook: RepairPlaybook | undefined): Standing {
  if (!playbook || playbook.metadata.deletionTimestamp !== undefined) return 'deleted';
  const { hash, observedGeneration } = playbook.status ?? {};
  // Until its own controller has seen the last change, the hash is of the playbook as it was.
  if (hash === undefined || observedGeneration !== playbook.metadata.generation) return 'unread';
  if (hash !== spec.playbookHash) return 'changed';
  return playbook.spec.suspend ? 'suspended' : 'same';
}

const SOON_MS = 5_000;

function awaiting({ run, playbook, now }: RunFacts, { expiresAt, approvals = [] }: RepairRunStatus): RunStep {
  const decision = decisionOf(run, now);
  const byGate = approvals.some(({ via }) => via === 'gate');
  const until = expiresAt === undefined ? now : new Date(expiresAt);
  if (now >= until) return expired(decision, byGate);
  if (decision.is === 'rejected')
    return { do: 'reject', by: decision.by, ...(decision.reason !== undefined && { reason: decision.reason }) };
  const standing = standingOf(run, playbook);
  const name = run.spec.playbookRef.name;
  if (standing === 'deleted') return deleted(name);
  if (standing === 'changed') return { do: 'renew' };
  if (standing === 'unread') return { do: 'wait', ...unread(name), until: new Date(Math.min(until.getTime(), now.getTime() + SOON_MS)) };
  if (standing === 'suspended') return { do: 'wait', ...suspended(name), until, stalled: true };
  if (decision.is === 'approved') return { do: 'begin', index: 0, by: 'people' };
  return byGate ? { do: 'begin', index: 0, by: 'gate' } : { do: 'wait', ...asking(run, now), until };
}

function expired(decision: RunDecision, byGate: boolean): RunStep {
  if (decision.is === 'approved' || byGate) {
    return {
      do: 'expire',
      reason: 'HeldTooLong',
      message: 'It was allowed to run, but was held back until it expired (spec.approval.expiresAfter).',
    };
  }
  const ignored = decision.is === 'open' && decision.ignored.length > 0 ? ` Not counted: ${decision.ignored.join('; ')}.` : '';
  return { do: 'expire', reason: 'NotApproved', message: `Nobody approved it in time (spec.approval.expiresAfter).${ignored}` };
}

/** For whom a run waits, and why it does. */
export function asking({ spec, status }: RepairRun, now: Date): { readonly reason: string; readonly message: string } {
  const decision = decisionOf({ spec, ...(status && { status }) }, now);
  const { approvers, quorum } = spec.approval;
  const { approvals, ignored } = decision.is === 'open' ? decision : { approvals: 0, ignored: [] };
  const who = approvers.length > 0 ? ` of ${approvers.join(', ')}` : '';
  const why = status?.gate === undefined ? '' : ` ${status.gate}`;
  const not = ignored.length > 0 ? ` Not counted: ${ignored.join('; ')}.` : '';
  return { reason: 'AwaitingApproval', message: `It waits for approval${who}: ${approvals} of ${quorum}.${why}${not}` };
}

const deleted = (name: string): RunStep => ({
  do: 'expire',
  reason: 'PlaybookDeleted',
  message: `RepairPlaybook ${name} is not there any more, or is not valid.`,
});
const unread = (name: string) => ({ reason: 'PlaybookUnread', message: `RepairPlaybook ${name} was changed, and is being read.` });
const suspended = (name: string) => ({
  reason: 'PlaybookSuspended',
  message: `RepairPlaybook ${name} is suspended: set its spec.suspend to false.`,
});

function running(facts: RunFacts): RunStep {
  const { run, now } = facts;
  const index = run.spec.steps.findIndex((_, at) => recordOf(run, at).deed === undefined);
  if (index < 0) return { do: 'verify' };
  const { intent, effectTime } = recordOf(run, index);
  if (effectTime !== undefined) return { do: 'settle', index };
  const stop = stopped(facts);
  if (!intent) return stop ? { do: 'stop', ...stop } : betweenSteps(facts, index);
  if (stop) return { do: 'look-back', index, why: stop.message };
  if (now < after(intent.time, run.spec.verify.window)) return { do: 'carry-out', index };
  return { do: 'look-back', index, why: `It could not be done within ${run.spec.verify.window}.` };
}

/** Who approved did so for soon, and not for whenever a pause ends. */
function betweenSteps({ run, playbook, now }: RunFacts, index: number): RunStep {
  const { deed } = recordOf(run, index - 1);
  const { expiresAfter } = run.spec.approval;
  if (deed === undefined || now < after(deed.time, expiresAfter)) {
    if (standingOf(run, playbook) !== 'unread') return { do: 'begin', index, by: 'begun' };
    return { do: 'wait', ...unread(run.spec.playbookRef.name), until: new Date(now.getTime() + SOON_MS) };
  }
  const message = `Step ${index + 1} was held back for ${expiresAfter} (spec.approval.expiresAfter): the rest is not done any more.`;
  return { do: 'stop', reason: 'HeldTooLong', message };
}

/** Why no further step may begin, though the run has. */
function stopped({ run, playbook }: RunFacts): { readonly reason: string; readonly message: string } | undefined {
  const name = `RepairPlaybook ${run.spec.playbookRef.name}`;
  switch (standingOf(run, playbook)) {
    case 'deleted':
      return { reason: 'PlaybookDeleted', message: `${name} was deleted while the run was under way: no further step is begun.` };
    case 'changed':
      return { reason: 'PlaybookChanged', message: `${name} was changed while the run was under way: no further step is begun.` };
    case 'suspended':
      return { reason: 'PlaybookSuspended', message: `${name} was suspended while the run was under way: no further step is begun.` };
    case 'unread':
    case 'same':
      return undefined;
  }
}

/** The last of the own changes that are still to be taken back, or the end. */
function toTakeBack(run: RepairRun): RunStep {
  const { verdict, steps = [] } = run.status ?? {};
  if (verdict?.phase !== 'Failed' || run.spec.onFailure !== 'Rollback') return { do: 'finish' };
  const open = steps.filter(({ action, effectTime, undone }) => effectTime !== undefined && !undone && !isForPeople(action));
  const index = Math.max(-1, ...open.map(step => step.index));
  return index < 0 ? { do: 'finish' } : { do: 'undo', index };
}

/** Until when a step that was done may take to be complete. */
export function settledBy(run: RepairRun, effectTime: string): Date {
  return new Date(Date.parse(effectTime) + durationMs(run.spec.verify.window));
}
