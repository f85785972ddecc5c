import type { BrokenChain } from '../ports/chain-state.ts';

/** The same for the same Watchdog of a sender, in whatever order its labels came. */
export function chainIdentity({ source, labels }: Pick<BrokenChain, 'source' | 'labels'>): string {
  return JSON.stringify([source, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]).toWellFormed();
}
