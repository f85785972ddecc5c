import { keptFor } from '../learning/kept-for.ts';
import type { AlertRuleTimings, RuleTiming } from '../ports/alert-rule-timings.ts';

/** A rule that was changed counts within a minute; runs look every few seconds. */
const KEPT_MS = 60_000;
/** The name asked for longest ago goes first. */
const MOST_NAMES = 1_000;
/** For all who ask at once: none of them ends it for the others. */
const DEADLINE_MS = 10_000;

/** Asks for each name at most once a minute. What could not be read is kept for nobody, and nobody is given an older answer in its place. */
export function keptTimings(timings: AlertRuleTimings, monotonicMs: () => number): AlertRuleTimings {
  const askers = new Map<string, () => Promise<RuleTiming | undefined>>();
  return {
    ofAlert(alertname) {
      const ask = () => timings.ofAlert(alertname, AbortSignal.timeout(DEADLINE_MS));
      const asker = askers.get(alertname) ?? keptFor(KEPT_MS, monotonicMs, ask);
      askers.delete(alertname);
      askers.set(alertname, asker);
      const [oldest] = askers.keys();
      if (askers.size > MOST_NAMES && oldest !== undefined) askers.delete(oldest);
      return asker();
    },
  };
}
