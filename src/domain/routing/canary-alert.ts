import { DRILL_LABEL, NONCE_LABEL } from '../drills/marker.ts';
import type { Route } from './route.ts';
import { walk } from './walk.ts';

export const CANARY_LABEL = 'awoooi_canary';

export interface CanaryRequest {
  readonly tree: Route;
  readonly receiver: string;
  readonly nonce: string;
  /** From the spec: they may name any label but the canary's own marks. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface CanaryAlert {
  readonly labels: Readonly<Record<string, string>>;
  /** Where it ends in the live tree. */
  readonly ends: readonly Route[];
  /** False when the tree says something that cannot be judged here. */
  readonly certain: boolean;
  /** The route to the receiver asked for, when the canary shares its group with other alerts there: it may wait a group interval. */
  readonly joins?: Route;
}

/**
 * The canary's labels, with a value of its own in every label that its route groups by, as far as that does not lead it elsewhere:
 * only a new group is notified at once.
 */
export function canaryAlert({ tree, receiver, nonce, labels: given }: CanaryRequest): CanaryAlert {
  const marks = { [CANARY_LABEL]: 'true', [DRILL_LABEL]: 'true', [NONCE_LABEL]: nonce };
  const asked = { alertname: 'AwoooiCanary', severity: 'none', ...given, ...marks };
  const fixed = new Set([...Object.keys(given), ...Object.keys(marks)]);
  const ours = (labels: Readonly<Record<string, string>>): Route[] => walk(tree, labels).ends.filter(end => end.receiver === receiver);

  const target = ours(asked);
  const grouping = [...new Set(target.flatMap(end => end.groupBy))].filter(label => label !== '...' && !fixed.has(label));
  const labels = grouping.reduce<Record<string, string>>((labels, label) => {
    const unique = { ...labels, [label]: `awoooi-canary-${nonce}` };
    return sameRoutes(ours(unique), target) ? unique : labels;
  }, asked);

  const joins = target.find(end => !hasOwnGroup(end, { labels, nonce }));
  const { ends, unreadable } = walk(tree, labels);
  return { labels, ends, certain: unreadable.length === 0, ...(joins && { joins }) };
}

function sameRoutes(a: readonly Route[], b: readonly Route[]): boolean {
  return a.length === b.length && a.every((route, i) => route === b[i]);
}

function hasOwnGroup({ groupBy }: Route, { labels, nonce }: Pick<CanaryAlert, 'labels'> & { nonce: string }): boolean {
  return groupBy.some(label => label === '...' || (labels[label] ?? '').includes(nonce));
}
