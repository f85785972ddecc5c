import type { StepStatus } from '../../crds/repairrun/status.ts';
import type { WorkloadState } from '../../domain/ports/repairs.ts';
import type { Hold } from '../../domain/repair/hold.ts';
import { settledBy } from '../../domain/repair/next-run-step.ts';
import { recordOf, waitsForPeople } from '../../domain/repair/steps-of.ts';
import { afterDeed } from './after-deed.ts';
import { holdFor } from './checks.ts';
import { decided, held, placeOf, type RunOutcome, type RunTurn } from './turn.ts';

const POLL_MS = 2_000;
const PEOPLE_POLL_MS = 60_000;
/** People may take long, and not for ever: a run that nobody answers keeps its target from all others. */
const PEOPLE_MS = 7 * 24 * 3_600_000;

/** Waits until what was done is complete: the workload stands again, or a person has said whether it helped. */
export async function settle(turn: RunTurn, index: number): Promise<RunOutcome> {
  const record = recordOf(turn.run, index);
  return waitsForPeople(record.action) ? answered(turn, record) : stands(turn, record);
}

async function stands(turn: RunTurn, record: StepStatus): Promise<RunOutcome> {
  const { run, now } = turn;
  const until = settledBy(run, record.effectTime ?? now.toISOString());
  const seen = await stateOf(turn, record);
  if (seen.is === 'available') return deed(turn, record, { result: 'Done', detail: seen.detail });
  if (seen.is === 'gone') return deed(turn, record, { result: 'Unknown', detail: `The target is gone. ${seen.detail}` });
  if (now >= until) {
    if (seen.is === 'unread') return deed(turn, record, { result: 'Unknown', detail: `The workload cannot be read. ${seen.hold.message}` });
    const late = `The workload was not available within ${run.spec.verify.window}.`;
    return deed(turn, record, { result: 'Failed', detail: `${late} ${seen.detail}` });
  }
  if (seen.is === 'unread') return held(turn, seen.hold);
  const note = { reason: 'Running', message: `Step ${record.index + 1} of ${run.spec.steps.length}: it is waited for the workload.` };
  return decided(turn, { note, requeueAfterMs: Math.min(POLL_MS, until.getTime() - now.getTime()) });
}

type Seen = WorkloadState | { readonly is: 'unread'; readonly hold: Hold };

async function stateOf({ run, deps, ctx }: RunTurn, { index, intent }: StepStatus): Promise<Seen> {
  if (!intent) return { is: 'gone', detail: 'Nothing is recorded of what was done.' };
  try {
    return await deps.ports.repairs.state(intent, placeOf(run, index), ctx.signal);
  } catch (err) {
    return { is: 'unread', hold: holdFor(err, run.metadata.namespace) };
  }
}

function answered(turn: RunTurn, record: StepStatus): RunOutcome {
  const { run, now } = turn;
  const { answer, effectTime = now.toISOString() } = record;
  if (answer?.helped === true) return deed(turn, record, { result: 'Done', detail: `${answer.by} says that it is done.` });
  if (answer) return deed(turn, record, { result: 'Failed', detail: `${answer.by} says that it did not help.`, reason: 'DidNotHelp' });
  const until = Date.parse(effectTime) + PEOPLE_MS;
  if (now.getTime() >= until) return deed(turn, record, { result: 'Unknown', detail: 'Nobody has said for a week whether it helped.' });
  const message = `Step ${record.index + 1} of ${run.spec.steps.length} waits for people: say whether it is done, or did not help.`;
  return decided(turn, { note: { reason: 'WaitingForPeople', message }, requeueAfterMs: Math.min(PEOPLE_POLL_MS, until - now.getTime()) });
}

interface Deed {
  readonly result: 'Done' | 'Failed' | 'Unknown';
  readonly detail: string;
  /** Why the run ends so, where that is not the step's own failure. */
  readonly reason?: string;
}

function deed(turn: RunTurn, record: StepStatus, { result, detail, reason }: Deed): RunOutcome {
  return afterDeed(turn, { ...record, deed: { time: turn.now.toISOString(), result, detail } }, reason);
}
