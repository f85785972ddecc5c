import { sharedTimeout } from '../../domain/signals/shared-timeout.ts';
import { orAborted } from '../../domain/signals/or-aborted.ts';
import type { ActionTotals, LearningRepository } from '../../domain/ports/learning-repository.ts';

const FRESH_MS = 30_000;
const READ_WITHIN_MS = 10_000;

/** What outcomes elsewhere show, for priors: read at most every 30 seconds, once for all who ask meanwhile. */
export function knownTotals(
  learning: Pick<LearningRepository, 'totals'>,
  monotonic: () => number,
): (signal: AbortSignal) => Promise<readonly ActionTotals[]> {
  // Of nobody who asks: the others would be cut off with the first.
  const timeout = sharedTimeout(READ_WITHIN_MS, 1_000);
  let known: { readonly totals: Promise<readonly ActionTotals[]>; readonly atMs: number } | undefined;

  function read(): Promise<readonly ActionTotals[]> {
    const totals = learning.totals(timeout());
    const mine = { totals, atMs: monotonic() };
    known = mine;
    totals.catch(() => {
      if (known === mine) known = undefined;
    });
    return totals;
  }

  return signal => orAborted(signal, known && monotonic() - known.atMs < FRESH_MS ? known.totals : read());
}
