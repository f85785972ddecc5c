import type { CutShort } from './evidence.ts';

/** The time that a canary may take. Replicas of a cluster send one after the other; which place one has no API shows, and places move. */
export interface CanaryBudget {
  /** latencyBudget, counted from a replica's turn. */
  readonly latencyMs: number;
  /** The other replicas of its cluster. */
  readonly peers: number;
  readonly peerTimeoutMs: number;
}

export function wholeBudgetMs({ latencyMs, peers, peerTimeoutMs }: CanaryBudget): number {
  return latencyMs + peers * peerTimeoutMs;
}

/** What becomes of a budget that is given no more than `waitedMs`; nothing where that is enough. */
export function cutShort(budget: CanaryBudget, waitedMs: number): Omit<CutShort, 'neededMs'> | undefined {
  if (wholeBudgetMs(budget) <= waitedMs) return undefined;
  const { latencyMs, peers, peerTimeoutMs } = budget;
  const places = Array.from({ length: peers }, (_, peer) => peer + 1);
  const stillWaiting = places.filter(place => place * peerTimeoutMs + latencyMs > waitedMs).length;
  return { waitedMs, stillWaiting, peerWaitMs: peers * peerTimeoutMs };
}
