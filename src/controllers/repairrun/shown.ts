import { shownHash, shownRepair } from '../../domain/repair/shown-repair.ts';
import type { RunOutcome, RunTurn } from './turn.ts';
import { SHOW_AGAIN_MS } from './showing.ts';

/** Other words for the same state: soon, and not at once, since words may change with every look. */
const WORDS_MS = 2_000;

/**
 * Shows on the incident how the run stands, as recorded, whenever that has changed. It comes after the turn's own work and never instead of
 * it; while the incident's store is away it is tried again.
 */
export async function shown(turn: RunTurn, outcome: RunOutcome): Promise<RunOutcome> {
  if (outcome.requeueAfterMs === 0 || outcome.undecided === true) return outcome;
  const { run, deps, ctx, now } = turn;
  const repair = shownRepair(run, now);
  const { incidentId } = run.spec;
  const next = shownRepair({ ...run, status: { ...run.status, ...outcome.status } }, now);
  if (!repair || !next || incidentId === undefined) return outcome;
  // What this turn changes is shown by the next, once it is recorded; a turn that changes the phase is followed by one anyhow.
  const againMs = shownHash(next) === shownHash(repair) ? undefined : WORDS_MS;
  if (run.status?.shown === shownHash(repair)) return sooner(outcome, againMs);
  ctx.fence();
  if (!(await deps.showing.show(incidentId, repair, ctx.signal))) return sooner(outcome, SHOW_AGAIN_MS);
  return sooner({ ...outcome, status: { ...outcome.status, shown: shownHash(repair) }, exclusive: true }, againMs);
}

function sooner(outcome: RunOutcome, ms: number | undefined): RunOutcome {
  return ms === undefined ? outcome : { ...outcome, requeueAfterMs: Math.min(ms, outcome.requeueAfterMs ?? ms) };
}
