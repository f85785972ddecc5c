import type { DecayedCounts } from '../ports/learning-repository.ts';

/** After so long an outcome counts half. */
export const HALF_LIFE_MS = 30 * 86_400_000;
/**
 * As of when sums are kept. One and the same for all, so that outcomes may come in any order; later ones weigh more than 1 each, and a
 * number in floating point holds their sum until the year 2100.
 */
export const REFERENCE_MS = Date.UTC(2020, 0);
const REFERENCE = new Date(REFERENCE_MS);

/** What one outcome of `at` weighs at another time: half of it 30 days later, and twice 30 days before. */
export function weightOf(at: Date, asOf: Date): number {
  return 2 ** ((at.getTime() - asOf.getTime()) / HALF_LIFE_MS);
}

/** What an outcome of that time adds to a sum as of the reference. */
export function weightAt(at: number): number {
  return weightOf(new Date(at), REFERENCE);
}

/** The same outcomes as they weigh at another time, later or earlier. */
export function countsAt({ successes, failures, asOf: before }: DecayedCounts, asOf: Date): DecayedCounts {
  const weight = weightOf(before, asOf);
  return { successes: successes * weight, failures: failures * weight, asOf };
}

/** Sums as of the reference, as of another time. */
export function decayedTo(asOf: number, sums: { readonly successes: number; readonly failures: number }): DecayedCounts {
  return countsAt({ ...sums, asOf: REFERENCE }, new Date(asOf));
}
