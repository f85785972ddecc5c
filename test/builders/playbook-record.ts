import type { PlaybookRecord } from '../../src/domain/ports/learning-repository.ts';

/** One outcome of a run: whether it helped, and so many hours before `now`. */
export type Ran = readonly [success: boolean, hoursAgo: number];

/** So many outcomes alike, an hour apart, the newest so many hours ago. */
export function ran(count: number, success: boolean, hoursAgo = 1): Ran[] {
  return Array.from({ length: count }, (_, i) => [success, hoursAgo + i] as const);
}

/** What the repository says of a playbook with these runs. */
export function playbookRecord(runs: readonly Ran[], now: Date): PlaybookRecord {
  const newestFirst = runs.toSorted(([, a], [, b]) => a - b);
  const weigh = (wanted: boolean) => runs.reduce((sum, [success, hours]) => sum + (success === wanted ? 2 ** (-hours / (30 * 24)) : 0), 0);
  return {
    attempts: runs.length,
    successes: runs.filter(([success]) => success).length,
    verified: { successes: weigh(true), failures: weigh(false), asOf: now },
    recentSeconds: newestFirst.slice(0, 20).map(() => 30),
    lastOutcomes: newestFirst.slice(0, 10).map(([success, hours]) => {
      // To the second, so that the same run is the same whenever it is looked at.
      const at = Math.round((now.getTime() - hours * 3_600_000) / 1_000) * 1_000;
      return { id: `uid-${at}`, by: `shop/run-${at}`, success, at: new Date(at) };
    }),
  };
}
