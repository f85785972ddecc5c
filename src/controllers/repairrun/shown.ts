import { shownHash, shownRepair } from '../../domain/repair/shown-repair.ts';
import type { RunOutcome, RunTurn } from './turn.ts';
import { SHOW_AGAIN_MS } from './showing.ts';

/**
 * Shows on the incident how the run stands, as recorded, whenever that has changed. It comes after the turn's own work and never instead of
 * it; while the incident's store is away it is tried again.
 */
export async function shown(turn: RunTurn, outcome: RunOutcome): Promise<RunOutcome> {
  if (outcome.requeueAfterMs === 0 || outcome.undecided === true) return outcome;
  const { run, deps, ctx, now } = turn;
  const repair = shownRepair(run, now);
  const { incidentId } = run.spec;
  const after = shownRepair({ ...run, status: { ...run.status, ...outcome.status } }, now);
  // What this turn changes is shown by the next, once it is recorded.
  if (after && repair && shownHash(after) !== shownHash(repair)) return { ...outcome, requeueAfterMs: 0 };
  if (!repair || incidentId === undefined || run.status?.shown === shownHash(repair)) return outcome;
  ctx.fence();
  if (await deps.showing.show(incidentId, repair, ctx.signal)) {
    return { ...outcome, status: { ...outcome.status, shown: shownHash(repair) }, exclusive: true };
  }
  return { ...outcome, requeueAfterMs: Math.min(SHOW_AGAIN_MS, outcome.requeueAfterMs ?? SHOW_AGAIN_MS) };
}
