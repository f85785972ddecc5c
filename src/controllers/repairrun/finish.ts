import { PortError } from '../../domain/ports/port-error.ts';
import type { RunStep } from '../../domain/repair/next-run-step.ts';
import { learnedOutcome } from '../../domain/repair/learned-outcome.ts';
import type { RunPhase } from '../../crds/repairrun/status.ts';
import type { RunNote } from '../../domain/repair/run-conditions.ts';
import { decided, event, type RunOutcome, type RunPatch, type RunTurn } from './turn.ts';

/** Ends a run as its verdict says. A store that is away keeps no run from its end: what it has taught is recorded later. */
export async function finish(turn: RunTurn): Promise<RunOutcome> {
  const { verdict, steps = [] } = turn.run.status ?? {};
  if (!verdict) return { requeueAfterMs: 0 };
  const { phase, reason, message } = verdict;
  const undone = steps.filter(step => step.undone?.result === 'Done').length;
  const stays = steps.filter(step => step.undone && step.undone.result !== 'Done').length;
  const after = `${undone > 0 ? ` ${undone} of its changes were taken back.` : ''}${stays > 0 ? ` ${stays} could not be taken back.` : ''}`;
  const learned = await learn(turn);
  return over(turn, phase, { note: { reason, message: `${message}${after}` }, ...(learned !== undefined && { status: { learned } }) });
}

export function reject(turn: RunTurn, { by, reason }: Extract<RunStep, { do: 'reject' }>): RunOutcome {
  const why = reason === undefined ? '' : `: ${reason}`;
  return over(turn, 'Rejected', { note: { reason: 'Rejected', message: `${by} rejected it${why}` } });
}

export function expire(turn: RunTurn, { reason, message }: RunNote): RunOutcome {
  return over(turn, 'Expired', { note: { reason, message } });
}

/**
 * What the run has taught is recorded under its uid, so that it counts once. Undefined: it has taught nothing; false: it could not be recorded
 * yet.
 */
export async function learn({ run, playbook, deps, ctx }: RunTurn): Promise<boolean | undefined> {
  const outcome = learnedOutcome(run, playbook);
  if (!outcome) return undefined;
  ctx.fence();
  try {
    await deps.ports.learning.record([outcome], ctx.signal);
    return true;
  } catch (err) {
    if (err instanceof PortError) return false;
    throw err;
  }
}

/** The phase that it never leaves. */
export function over(turn: RunTurn, phase: RunPhase, { note, status }: { readonly note: RunNote; readonly status?: RunPatch }): RunOutcome {
  const good = phase === 'Succeeded' || phase === 'DryRun';
  return decided(turn, {
    status: { ...status, phase, finishedAt: turn.now.toISOString() },
    note,
    events: [event(good ? 'Normal' : 'Warning', note)],
    requeueAfterMs: 0,
  });
}
