import type { Severity } from '../alerts/alert.ts';
import type { Frequency } from './incident.ts';

/** From the least pressing up. */
export const ESCALATIONS = ['none', 'recurring', 'frequent', 'flapping'] as const;
export type Escalation = (typeof ESCALATIONS)[number];

interface Bound {
  readonly level: Escalation;
  readonly window: keyof Frequency;
  readonly atLeast: number;
  /** The same for critical and error. */
  readonly urgentAtLeast: number;
}

/** The first that is reached counts (docs/cli.md shows this table). */
export const ESCALATION_BOUNDS: readonly Bound[] = [
  { level: 'flapping', window: 'last1h', atLeast: 10, urgentAtLeast: 5 },
  { level: 'frequent', window: 'last24h', atLeast: 10, urgentAtLeast: 5 },
  { level: 'frequent', window: 'last7d', atLeast: 20, urgentAtLeast: 10 },
  { level: 'recurring', window: 'last7d', atLeast: 3, urgentAtLeast: 2 },
  { level: 'recurring', window: 'last30d', atLeast: 5, urgentAtLeast: 3 },
];

const URGENT: ReadonlySet<Severity> = new Set(['critical', 'error']);

/** How pressing an anomaly has become by coming again, whatever is done about this incident of it. */
export function escalationOf({ frequency, severity }: { readonly frequency: Frequency; readonly severity: Severity }): Escalation {
  const urgent = URGENT.has(severity);
  const reached = ESCALATION_BOUNDS.find(({ window, atLeast, urgentAtLeast }) => frequency[window] >= (urgent ? urgentAtLeast : atLeast));
  return reached?.level ?? 'none';
}
