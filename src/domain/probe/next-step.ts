import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { RunStatus, RunTrigger } from '../../crds/alertchainprobe/status.ts';
import type { RunResult } from '../chain/hop-result.ts';

/** What this process itself is doing for a probe; nothing of it survives the process. */
export type RunTask =
  | { readonly runId: string; readonly phase: 'reserved' | 'running' }
  | { readonly runId: string; readonly phase: 'done'; readonly result: RunResult };

export interface Observed {
  readonly probe: AlertChainProbe;
  readonly task: RunTask | undefined;
  /**
   * `Kind/name` → a token that changes with each completed rollout; empty where none is seen complete, and not there where nobody could
   * look.
   */
  readonly rollouts: Readonly<Record<string, string>>;
  readonly now: Date;
  /** The first time of the schedule after a moment. */
  readonly scheduledAfter: (after: Date) => Date;
}

export type Step =
  | { readonly do: 'suspend' }
  /** Record the intent of a run. `cutOff` is a run that a process began and never ended. */
  | { readonly do: 'begin'; readonly trigger: RunTrigger; readonly plannedAt: Date; readonly cutOff?: RunStatus }
  /** The intent is on record and the cache shows it: act. */
  | { readonly do: 'run'; readonly run: RunStatus }
  | { readonly do: 'finish'; readonly run: RunStatus; readonly result: RunResult }
  | { readonly do: 'await-run' }
  | { readonly do: 'idle'; readonly until: Date };

export const REQUESTED_AT = 'awoooi.io/requested-at';
export const FLUX_REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';

/** Longest time between two looks at an idle probe: a clock that was stepped is noticed by then. */
const LOOK_AGAIN_MS = 300_000;
/** New probes start within this time, spread by their uid through the schedule's own jitter. */
const FIRST_RUN_WITHIN_MS = 10_000;

/** Decides what one turn of the controller does for a probe; pure, so that each crash and each race is a row of a table. */
export function nextStep(observed: Observed): Step {
  const { probe, task, now } = observed;
  if (probe.spec.suspend) return { do: 'suspend' };
  const run = probe.status?.lastRun;
  if (run?.phase === 'Running') {
    // The record of the new run answers what was asked for since: it must count as such, not as the run whose place it takes.
    if (task?.runId !== run.id) return { do: 'begin', trigger: requested(observed) ?? run.trigger, plannedAt: now, cutOff: run };
    if (task.phase === 'reserved') return { do: 'run', run };
    return task.phase === 'done' ? { do: 'finish', run, result: task.result } : { do: 'await-run' };
  }
  const trigger = requested(observed);
  if (trigger) return { do: 'begin', trigger, plannedAt: now };
  const planned = plannedRun(observed);
  if (planned <= now) return { do: 'begin', trigger: 'Schedule', plannedAt: planned };
  return { do: 'idle', until: new Date(Math.min(planned.getTime(), now.getTime() + LOOK_AGAIN_MS)) };
}

/** When the next scheduled run is due; in the past when one was missed, however many were. */
export function plannedRun({ probe: { status, metadata }, now, scheduledAfter }: Observed): Date {
  const since = new Date(status?.lastRun?.startedAt ?? metadata.creationTimestamp ?? now);
  const plan = (from: Date): Date => (status?.lastRun ? scheduledAfter(from) : firstRun(from, scheduledAfter));
  if (since <= now) return plan(since);
  // The clock was stepped back. Waiting for it would silence the probe, and so would planning from now at each look: what an earlier look
  // planned stands.
  const shown = status?.nextRunTime;
  return new Date(Math.min(plan(now).getTime(), shown === undefined ? Number.POSITIVE_INFINITY : Date.parse(shown)));
}

function firstRun(created: Date, scheduledAfter: (after: Date) => Date): Date {
  const onSchedule = scheduledAfter(created).getTime();
  // The schedule's own jitter, folded into a short span: nobody waits five minutes for the first verdict.
  return new Date(Math.min(onSchedule, created.getTime() + (onSchedule % FIRST_RUN_WITHIN_MS)));
}

function requested({ probe, rollouts }: Observed): RunTrigger | undefined {
  const { runToken, lastRun, rollouts: before = {} } = probe.status ?? {};
  if (probe.spec.runToken !== '' && probe.spec.runToken !== runToken) return 'RunToken';
  // What the old spec proved says nothing of the new one.
  if (lastRun && lastRun.generation !== probe.metadata.generation) return 'SpecChange';
  if (annotated(probe)) return 'Annotation';
  return rolledOut(rollouts, before) ? 'Rollout' : undefined;
}

function annotated({ metadata: { annotations = {} }, status = {} }: AlertChainProbe): boolean {
  const { lastHandledRequest, lastHandledReconcileAt } = status;
  return differs(annotations[REQUESTED_AT], lastHandledRequest) || differs(annotations[FLUX_REQUESTED_AT], lastHandledReconcileAt);
}

const differs = (asked: string | undefined, handled: string | undefined): boolean =>
  asked !== undefined && asked !== '' && asked !== handled;

/** A rollout that was complete when its workload was first looked at is noted, not proven: only one that completes after that asks for a run. */
function rolledOut(now: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): boolean {
  return Object.entries(now).some(([workload, token]) => {
    const known = before[workload];
    return token !== '' && known !== undefined && !isSameRollout(known, token);
  });
}

/** Earlier versions wrote the revision alone, without the uid: to meet it after an upgrade is no rollout. */
function isSameRollout(known: string, token: string): boolean {
  return known === token || (!known.includes('@') && known === token.split('@')[0]);
}
