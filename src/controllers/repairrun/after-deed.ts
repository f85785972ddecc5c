import type { RunVerdict, StepStatus } from '../../crds/repairrun/status.ts';
import { resolvesBy, windowOpen } from '../../domain/repair/judge.ts';
import { withRecord } from '../../domain/repair/steps-of.ts';
import { cut } from '../../domain/text/cut.ts';
import { decided, event, LONGEST_SENTENCE, type RunOutcome, type RunTurn } from './turn.ts';

/** Records what came of a step: the next one, the verification, or what is decided by that alone. */
export function afterDeed(turn: RunTurn, record: StepStatus, reason?: string): RunOutcome {
  const { run, now } = turn;
  const { deed, index } = record;
  const steps = withRecord(run, inBounds(record));
  const of = `Step ${index + 1} of ${run.spec.steps.length} (${record.action})`;
  if (deed?.result !== 'Done') return concluded(turn, { ...verdictOf(record, of), ...(reason !== undefined && { reason }) }, steps);
  const note = { reason: 'Running', message: `${of} is done. ${deed.detail ?? ''}`.trim() };
  if (index + 1 < run.spec.steps.length) return decided(turn, { status: { steps }, note, requeueAfterMs: 0 });
  const verifying = { reason: 'Verifying', message: windowOpen(resolvesBy(now, run.spec.verify)) };
  return decided(turn, {
    status: { phase: 'Verifying', steps, verification: { startedAt: now.toISOString() } },
    note: verifying,
    events: [event('Normal', { ...verifying, message: `${note.message} ${verifying.message}` })],
    requeueAfterMs: 0,
  });
}

function inBounds(record: StepStatus): StepStatus {
  const { deed } = record;
  return deed?.detail === undefined ? record : { ...record, deed: { ...deed, detail: cut(deed.detail, LONGEST_SENTENCE) } };
}

type Found = Pick<RunVerdict, 'phase' | 'reason' | 'message'>;

/** Records how the run ends; what follows from it comes after. */
export function concluded(turn: RunTurn, found: Found, steps?: StepStatus[]): RunOutcome {
  const verdict = { phase: found.phase, reason: found.reason, message: cut(found.message, LONGEST_SENTENCE), time: turn.now.toISOString() };
  return decided(turn, { status: { verdict, ...(steps && { steps }) }, note: verdict, requeueAfterMs: 0 });
}

function verdictOf({ deed }: StepStatus, of: string): Found {
  const detail = deed?.detail ?? '';
  if (deed?.result === 'Refused') return { phase: 'Failed', reason: 'StepRefused', message: `${of} was refused: ${detail}` };
  if (deed?.result === 'Failed') return { phase: 'Failed', reason: 'StepFailed', message: `${of} failed: ${detail}` };
  if (deed?.result === 'Skipped') return { phase: 'Unknown', reason: 'StepSkipped', message: `${of} was not done: ${detail}` };
  return { phase: 'Unknown', reason: 'StepUnknown', message: `What came of it cannot be told: ${of}. ${detail}`.trim() };
}
