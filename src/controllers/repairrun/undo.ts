import { PortError } from '../../domain/ports/port-error.ts';
import type { CarriedOut } from '../../domain/ports/repairs.ts';
import { after } from '../../domain/repair/run-times.ts';
import { recordOf, withRecord } from '../../domain/repair/steps-of.ts';
import { mayAct } from './checks.ts';
import { decided, event, held, placeOf, type RunOutcome, type RunTurn } from './turn.ts';

/** Takes back what a step changed, of a run that failed. What cannot be taken back in time stays, and the record says so. */
export async function undo(turn: RunTurn, index: number): Promise<RunOutcome> {
  const { run, now } = turn;
  const late = now >= after(run.status?.verdict?.time ?? now.toISOString(), run.spec.verify.window);
  const hold = await mayAct(turn);
  if (hold) return late ? undone(turn, index, { result: 'Skipped', detail: hold.message }) : held(turn, hold);
  turn.ctx.fence();
  try {
    return takenBack(turn, index, { answer: await ask(turn, index), late });
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    if (late || err.fault === 'rejected' || err.fault === 'forbidden') {
      return undone(turn, index, { result: 'Failed', detail: err.message });
    }
    throw err;
  }
}

async function ask({ run, deps, ctx }: RunTurn, index: number): Promise<CarriedOut> {
  const { intent } = recordOf(run, index);
  if (!intent) return { is: 'refused', reason: 'Nothing is recorded of what was done.' };
  return deps.ports.repairs.undo(intent, placeOf(run, index), ctx.signal);
}

function takenBack(turn: RunTurn, index: number, { answer, late }: { answer: CarriedOut; late: boolean }): RunOutcome {
  switch (answer.is) {
    case 'done':
      return undone(turn, index, { result: 'Done', detail: answer.detail });
    case 'refused':
      return undone(turn, index, { result: 'Refused', detail: answer.reason });
    case 'waiting':
      if (late) return undone(turn, index, { result: 'Failed', detail: answer.reason });
      return held(turn, { reason: 'Waiting', message: answer.reason, recheckMs: answer.retryAfterMs });
    case 'with-people':
      return undone(turn, index, { result: 'Refused', detail: answer.detail });
  }
}

type Undone = { readonly result: 'Done' | 'Refused' | 'Failed' | 'Skipped'; readonly detail: string };

function undone(turn: RunTurn, index: number, { result, detail }: Undone): RunOutcome {
  const { run, now } = turn;
  const record = { ...recordOf(run, index), undone: { time: now.toISOString(), result, detail } };
  const good = result === 'Done';
  const note = {
    reason: good ? 'StepUndone' : 'StepNotUndone',
    message: `Step ${index + 1} (${record.action}) ${good ? 'was taken back' : 'was not taken back'}. ${detail}`,
  };
  const events = [event(good ? 'Normal' : 'Warning', note)];
  return decided(turn, { status: { steps: withRecord(run, record) }, note, events, requeueAfterMs: 0 });
}
