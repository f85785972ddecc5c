import { DRILL_LABEL, NONCE_LABEL } from '../drills/marker.ts';
import type { Route } from './route.ts';
import { type Walk, walk } from './walk.ts';

export const CANARY_LABEL = 'awoooi_canary';
/** No route groups by as many. Each costs a walk through a tree that whoever answers at the probe's address wrote. */
const MOST_GROUPING = 16;
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
  // Routes hand the list down: thousands of them may hold one and the same.
  const lists = [...new Set(target.map(end => end.groupBy))];
  const grouping = [...new Set(lists.flat())].filter(label => label !== '...' && !fixed.has(label)).slice(0, MOST_GROUPING);
  const { labels, ends, unreadable } = grouping.reduce(
    (so, label) => {
      const labels = { ...so.labels, [label]: `awoooi-canary-${nonce}` };
      const walked = walk(tree, labels);
      return goesTheSameWay(walked, planned) ? { labels, ...walked } : so;
    },
    { labels: asked, ...planned },
  );

  const shared = lists.find(groupBy => !hasOwnGroup(groupBy, { labels, nonce }));
  const joins = shared && target.find(end => end.groupBy === shared);
  return { labels, ends, certain: unreadable.length === 0, ...(joins && { joins }) };
}

/** All ends count, also those of other receivers; and what could be judged before must not become a guess. */
function goesTheSameWay({ ends, unreadable }: Walk, planned: Walk): boolean {
  const sameEnds = ends.length === planned.ends.length && ends.every((route, i) => route === planned.ends[i]);
  const before = new Set(planned.unreadable);
  return sameEnds && unreadable.every(matcher => before.has(matcher));
}

function hasOwnGroup(groupBy: readonly string[], { labels, nonce }: Pick<CanaryAlert, 'labels'> & { nonce: string }): boolean {
  return groupBy.some(label => label === '...' || (labels[label] ?? '').includes(nonce));
}
