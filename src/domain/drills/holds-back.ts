import type { AlertSource } from '../alerts/alert.ts';
import type { BrokenChain } from '../ports/chain-state.ts';

/** Labels by which one chain above us is told from another. */
const TELLING_CHAINS_APART = ['cluster', 'prometheus'];

/**
 * The broken chain because of which an alert that resolved may only have lost its voice: one of the same sender, unless both name a
 * cluster or a Prometheus and it is another one.
 */
export function holdsBack(
  broken: readonly BrokenChain[],
  of: { source: AlertSource; labels: Readonly<Record<string, string>> },
): BrokenChain | undefined {
  return broken.find(
    ({ source, labels }) => source === of.source && !TELLING_CHAINS_APART.some(name => differ(labels[name], of.labels[name])),
  );
}

function differ(one: string | undefined, other: string | undefined): boolean {
  // To Prometheus an empty label is one that is not there.
  return (one ?? '') !== '' && (other ?? '') !== '' && one !== other;
}
