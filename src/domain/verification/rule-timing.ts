import { durationMs } from '../../crds/duration.ts';
import type { SignozAlertRule } from '../../crds/signozalertrule/kind.ts';
import type { Incident } from '../incidents/incident.ts';
import type { RuleTiming } from '../ports/alert-rule-timings.ts';

type Rule = Pick<SignozAlertRule, 'metadata' | 'spec'>;

/** How often SigNoz evaluates a rule that says nothing of it. */
const USUAL_INTERVAL = '1m';

/** How long the alert of an incident must hold and how often it is evaluated, by the SignozAlertRule that it is of; the slowest, where several are. */
export function ruleTiming(rules: readonly Rule[], { source, name }: Pick<Incident, 'source' | 'name'>): RuleTiming | undefined {
  if (source !== 'signoz') return undefined;
  return slowest(rules.filter(rule => (rule.spec.name ?? rule.metadata.name) === name).map(timingOf));
}

/** Which of several rules of one name an alert is of is not known: the one after which it may fire again the latest. */
export function slowest(timings: readonly RuleTiming[]): RuleTiming | undefined {
  return timings.toSorted((a, b) => b.forMs + 2 * b.intervalMs - (a.forMs + 2 * a.intervalMs))[0];
}

function timingOf({ spec: { promql, evaluation, evalWindow, frequency } }: Rule): RuleTiming {
  const holds = promql?.for ?? evaluation?.spec.evalWindow ?? evalWindow ?? '0s';
  return {
    forMs: durationMs(holds),
    intervalMs: durationMs(promql?.frequency ?? evaluation?.spec.frequency ?? frequency ?? USUAL_INTERVAL),
  };
}
