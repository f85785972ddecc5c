import type { Incident } from './incident.ts';

/** When the incident opened last, by the store's clock: each time it re-opens it is news again. */
export function openingOf({ openedAt, timeline }: Pick<Incident, 'openedAt' | 'timeline'>): Date {
  return timeline.findLast(({ what }) => what === 'reopened')?.at ?? openedAt;
}
