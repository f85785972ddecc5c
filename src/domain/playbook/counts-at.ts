import type { DecayedCounts } from '../ports/learning-repository.ts';

const HALF_LIFE_MS = 30 * 24 * 60 * 60 * 1_000;

/** What one outcome of `at` weighs at another time: half of it 30 days later, and twice 30 days before. */
export function weightOf(at: Date, asOf: Date): number {
  return 2 ** ((at.getTime() - asOf.getTime()) / HALF_LIFE_MS);
}

/** The same outcomes as they weigh at another time, later or earlier. */
export function countsAt(counts: DecayedCounts, asOf: Date): DecayedCounts {
  const weight = weightOf(counts.asOf, asOf);
  return { successes: counts.successes * weight, failures: counts.failures * weight, asOf };
}
