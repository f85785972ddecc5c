import type { DecayedCounts } from '../ports/learning-repository.ts';

/** After so long an outcome counts half. */
export const HALF_LIFE_MS = 30 * 86_400_000;
/**
 * As of when sums are kept. One and the same for all, so that outcomes may come in any order; later ones weigh more than 1 each, and a
 * number in floating point holds their sum until the year 2100.
 */
export const REFERENCE_MS = Date.UTC(2020, 0);

/** What an outcome of that time adds to a sum as of the reference. */
export function weightAt(at: number): number {
  return 2 ** ((at - REFERENCE_MS) / HALF_LIFE_MS);
}

/** Sums as of the reference, as of another time. */
export function decayedTo(asOf: number, sums: { readonly successes: number; readonly failures: number }): DecayedCounts {
  const factor = 1 / weightAt(asOf);
  return { successes: sums.successes * factor, failures: sums.failures * factor, asOf: new Date(asOf) };
}
