import type { ReplicaEvidence } from './evidence.ts';

/** `340 ms`, `12.5 s`, `5 m`: for sentences. */
export function elapsed(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`;
  return `${Math.round(ms / 6000) / 10} m`;
}

/** How long a lost canary was waited for, and that the hop's own time left no more. */
export function budgetText({ budgetMs, cutShort }: ReplicaEvidence): string {
  return cutShort ? `${elapsed(cutShort.waitedMs)} (all that the timeout of the hop leaves)` : elapsed(budgetMs);
}
