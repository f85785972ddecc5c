import type { PlannedStep } from '../../domain/ports/repairs.ts';
import type { Beginning } from '../../domain/repair/limits.ts';
import { asking, type RunStep } from '../../domain/repair/next-run-step.ts';
import { recordOf, targetsOf, withRecord } from '../../domain/repair/steps-of.ts';
import { askGate } from './admit.ts';
import { afterDeed } from './after-deed.ts';
import { holdFor, mayAct, tryStep } from './checks.ts';
import { decided, event, held, type RunOutcome, type RunTurn } from './turn.ts';

type Begin = Pick<Extract<RunStep, { do: 'begin' }>, 'index' | 'by'>;

/** Records what the next step will do, if nothing holds it back. Nothing is done yet. */
export async function begin(turn: RunTurn, step: Begin): Promise<RunOutcome> {
  const { run } = turn;
  const early = await endedEarly(turn, step);
  if (early) return early;
  const hold = await mayAct(turn);
  if (hold) return held(turn, hold);
  if (step.by === 'gate') {
    const asked = await askGate(turn);
    if (!asked.open) return shut(turn, asked.says);
  }
  const tried = await tryStep(turn, step.index);
  if (tried.is === 'held') return held(turn, tried.hold);
  if (tried.is === 'refused') {
    const record = {
      ...recordOf(run, step.index),
      deed: { time: turn.now.toISOString(), result: 'Refused', detail: tried.reason },
    } as const;
    return afterDeed(turn, record);
  }
  return step.index === 0 ? first(turn, step, tried.step) : further(turn, step.index, tried.step);
}

/** What costs no call is asked first: of five hundred runs on one target most go no further. */
async function endedEarly(turn: RunTurn, step: Begin): Promise<RunOutcome | undefined> {
  const { run, deps, ctx } = turn;
  try {
    await deps.ledger.primed(ctx.signal);
  } catch (err) {
    return held(turn, holdFor(err, run.metadata.namespace));
  }
  if (step.index > 0) return undefined;
  // The breaker before the target: a run that the gate has let pass would else wait for hours, and for nobody.
  const broken = breakerHolds(turn, step);
  if (broken) return broken;
  const hold = deps.ledger.heldByOthers(beginning(turn));
  return hold && held(turn, hold);
}

function breakerHolds(turn: RunTurn, { by }: Begin): RunOutcome | undefined {
  const { run, deps } = turn;
  const lately = deps.ledger.begunLately(run.metadata.uid);
  if (by !== 'gate' || lately < deps.limits.breakerRuns) return undefined;
  return shut(turn, `The breaker holds: ${lately} runs began within ten minutes. A person has to approve.`);
}

/** From the last look at the others to the reservation nothing is awaited: nobody else takes the place meanwhile. */
function first(turn: RunTurn, step: Begin, planned: PlannedStep): RunOutcome {
  const { run, deps } = turn;
  const { ledger } = deps;
  const broken = breakerHolds(turn, step);
  if (broken) return broken;
  const hold = ledger.heldByOthers(beginning(turn, planned));
  if (hold) return held(turn, hold);
  ledger.reserve(beginning(turn, planned), run.metadata.name);
  return recorded(turn, 0, planned);
}

/** Of which workload the pod of a later step is, is known only now: others may be at it. Nothing is awaited here either. */
function further(turn: RunTurn, index: number, planned: PlannedStep): RunOutcome {
  const { ledger } = turn.deps;
  const own = beginning(turn);
  const all = beginning(turn, planned);
  const targets = all.targets.filter(target => !own.targets.includes(target));
  const hold = targets.length > 0 ? ledger.heldByOthers({ ...own, targets }) : undefined;
  if (hold) return held(turn, hold);
  ledger.reserve(all, turn.run.metadata.name);
  return recorded(turn, index, planned);
}

/** The gate says no for good: what waits for a person is not begun by a change of figures behind their back. */
function shut(turn: RunTurn, says: string): RunOutcome {
  const { run, now } = turn;
  const approvals = (run.status?.approvals ?? []).filter(({ via }) => via !== 'gate');
  const note = asking({ ...run, status: { ...run.status, approvals, gate: says } }, now);
  return decided(turn, { status: { approvals, gate: says }, note, events: [event('Normal', note)], requeueAfterMs: 0 });
}

function recorded(turn: RunTurn, index: number, { summary, plan, workload }: PlannedStep): RunOutcome {
  const { run, now } = turn;
  const time = now.toISOString();
  const record = { ...recordOf(run, index), intent: { time, summary, plan, ...(workload !== undefined && { workload }) } };
  const note = { reason: 'Running', message: `Step ${index + 1} of ${run.spec.steps.length}: ${summary}` };
  return decided(turn, {
    status: { phase: 'Running', steps: withRecord(run, record), ...(index === 0 && { startedAt: time }) },
    note,
    events: [event('Normal', note)],
    requeueAfterMs: 0,
  });
}

/** What the run stands on so far, and what its next step was found to be about. */
function beginning({ run }: Pick<RunTurn, 'run'>, { workload }: Pick<PlannedStep, 'workload'> = {}): Beginning {
  const { metadata, spec } = run;
  const { uid, namespace } = metadata;
  const targets = [...new Set([...targetsOf(run), ...(workload === undefined ? [] : [workload])])];
  return { uid, namespace, playbook: spec.playbookRef.name, targets, limits: spec.limits };
}
