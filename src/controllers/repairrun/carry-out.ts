import type { RunStep } from '../../domain/repair/next-run-step.ts';
import type { CarriedOut } from '../../domain/ports/repairs.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { after } from '../../domain/repair/run-times.ts';
import { isForPeople, recordOf, waitsForPeople, withRecord } from '../../domain/repair/steps-of.ts';
import { afterDeed } from './after-deed.ts';
import { holdFor, mayAct } from './checks.ts';
import { doStep } from './errands.ts';
import { decided, firstCallOf, held, placeOf, type RunOutcome, type RunTurn } from './turn.ts';

/** Does the step that is recorded. A process may have died between the deed and its record: whoever does it knows it again. */
export async function carryOut(turn: RunTurn, index: number): Promise<RunOutcome> {
  const hold = await mayAct(turn);
  if (hold) return held(turn, hold);
  turn.ctx.fence();
  if (index === 0) countFirstCall(turn);
  try {
    return carriedOut(turn, index, await doStep(turn, index));
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    if (err.fault === 'rejected') return deed(turn, index, { result: 'Refused', detail: err.message });
    if (err.fault === 'forbidden') return held(turn, holdFor(err, turn.run.metadata.namespace));
    throw err;
  }
}

/** No step may be done any more: what is recorded as done is what the world shows. */
export async function lookBack(turn: RunTurn, { index, why }: Extract<RunStep, { do: 'look-back' }>): Promise<RunOutcome> {
  const { run, deps, ctx } = turn;
  const { action, intent } = recordOf(run, index);
  if (!intent) return deed(turn, index, { result: 'Skipped', detail: why });
  // Whether people were told cannot be seen anywhere.
  if (isForPeople(action)) return deed(turn, index, { result: 'Unknown', detail: why });
  try {
    const seen = await deps.ports.repairs.seen(intent, placeOf(run, index), ctx.signal);
    if (seen === 'done') return effect(turn, index, `${intent.summary} ${why}`);
    return deed(turn, index, { result: seen === 'not-done' ? 'Skipped' : 'Unknown', detail: why });
  } catch (err) {
    const { window } = run.spec.verify;
    const patient = turn.now < after(after(intent.time, window).toISOString(), window);
    if (!(err instanceof PortError) || patient) throw err;
    return deed(turn, index, { result: 'Unknown', detail: `${why} ${err.message}` });
  }
}

function carriedOut(turn: RunTurn, index: number, result: CarriedOut): RunOutcome {
  const { action } = recordOf(turn.run, index);
  switch (result.is) {
    case 'done':
    case 'with-people':
      if (isForPeople(action) && !waitsForPeople(action)) return deed(turn, index, { result: 'Done', detail: result.detail, taken: true });
      return effect(turn, index, result.detail);
    case 'refused':
      return deed(turn, index, { result: 'Refused', detail: result.reason });
    case 'waiting':
      return held(turn, { reason: 'Waiting', message: result.reason, recheckMs: result.retryAfterMs });
  }
}

function effect(turn: RunTurn, index: number, detail: string): RunOutcome {
  const { run, now } = turn;
  const record = { ...recordOf(run, index), effectTime: now.toISOString() };
  const note = { reason: 'Running', message: `Step ${index + 1} of ${run.spec.steps.length} was carried out. ${detail}` };
  return decided(turn, { status: { steps: withRecord(run, record) }, note, requeueAfterMs: 0 });
}

interface Deed {
  readonly result: 'Done' | 'Refused' | 'Skipped' | 'Unknown';
  readonly detail: string;
  /** Somebody outside has taken it with this turn. */
  readonly taken?: boolean;
}

function deed(turn: RunTurn, index: number, { result, detail, taken = false }: Deed): RunOutcome {
  const time = turn.now.toISOString();
  return afterDeed(turn, { ...recordOf(turn.run, index), ...(taken && { effectTime: time }), deed: { time, result, detail } });
}

/** Once, however often it has to be tried. */
function countFirstCall({ key, run: { status = {} }, deps, ctx }: RunTurn): void {
  const mark = firstCallOf(key);
  if (deps.counted.has(mark)) return;
  deps.counted.add(mark);
  const times = (status.approvals ?? []).filter(({ decision }) => decision === 'Approve').map(({ time }) => Date.parse(time));
  const nowMs = ctx.now().getTime();
  deps.metrics.firstCall(Math.max(0, nowMs - (times.length > 0 ? Math.max(...times) : nowMs)) / 1000);
}
