import { DRILL_LABEL, NONCE_LABEL } from '../drills/marker.ts';
import type { Route } from './route.ts';
import { type Walk, walk } from './walk.ts';

export const CANARY_LABEL = 'awoooi_canary';
/** What a canary has unless the spec's labels say otherwise. */
export const CANARY_DEFAULTS = { alertname: 'AwoooiCanary', severity: 'none' } as const;

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
 * The canary's labels, with a value of its own in every label that its route groups by, as far as that changes no route it takes: only
 * a new group is notified at once, and nobody else may be bothered for it. Its severity stays, for it says who is paged.
 */
export function canaryAlert({ tree, receiver, nonce, labels: given }: CanaryRequest): CanaryAlert {
  const marks = { [CANARY_LABEL]: 'true', [DRILL_LABEL]: 'true', [NONCE_LABEL]: nonce };
  const asked = { ...CANARY_DEFAULTS, ...given, ...marks };
  const fixed = new Set(['severity', ...Object.keys(given), ...Object.keys(marks)]);

  const planned = walk(tree, asked);
  const target = planned.ends.filter(end => end.receiver === receiver);
  const grouping = [...new Set(target.flatMap(end => end.groupBy))].filter(label => label !== '...' && !fixed.has(label));
  const labels = grouping.reduce<Record<string, string>>((labels, label) => {
    const unique = { ...labels, [label]: `awoooi-canary-${nonce}` };
    return goesTheSameWay(walk(tree, unique), planned) ? unique : labels;
  }, asked);

  const joins = target.find(end => !hasOwnGroup(end, { labels, nonce }));
  const { ends, unreadable } = walk(tree, labels);
  return { labels, ends, certain: unreadable.length === 0, ...(joins && { joins }) };
}

/** All ends count, also those of other receivers; and what could be judged before must not become a guess. */
function goesTheSameWay({ ends, unreadable }: Walk, planned: Walk): boolean {
  const sameEnds = ends.length === planned.ends.length && ends.every((route, i) => route === planned.ends[i]);
  return sameEnds && unreadable.every(matcher => planned.unreadable.includes(matcher));
}

function hasOwnGroup({ groupBy }: Route, { labels, nonce }: Pick<CanaryAlert, 'labels'> & { nonce: string }): boolean {
  return groupBy.some(label => label === '...' || (labels[label] ?? '').includes(nonce));
}
