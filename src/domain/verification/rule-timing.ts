import { durationMs } from '../../crds/duration.ts';
import type { SignozAlertRule } from '../../crds/signozalertrule/kind.ts';
import type { Incident } from '../incidents/incident.ts';
import type { AlertTestimony } from '../ports/alert-witness.ts';

type Rule = Pick<SignozAlertRule, 'metadata' | 'spec'>;

/** How often SigNoz evaluates a rule that says nothing of it. */
const USUAL_INTERVAL = '1m';

/** How long the alert of an incident must hold and how often it is evaluated, by the SignozAlertRule that it is of; the slowest, where several are. */
export function ruleTiming(rules: readonly Rule[], { source, name }: Pick<Incident, 'source' | 'name'>): AlertTestimony['timing'] {
  if (source !== 'signoz') return undefined;
  const timings = rules.filter(rule => (rule.spec.name ?? rule.metadata.name) === name).map(timingOf);
  return timings.toSorted((a, b) => b.forMs + b.intervalMs - (a.forMs + a.intervalMs))[0];
}

function timingOf({ spec: { promql, evaluation, evalWindow, frequency } }: Rule): NonNullable<AlertTestimony['timing']> {
  const holds = promql?.for ?? evaluation?.spec.evalWindow ?? evalWindow ?? '0s';
  return {
    forMs: durationMs(holds),
    intervalMs: durationMs(promql?.frequency ?? evaluation?.spec.frequency ?? frequency ?? USUAL_INTERVAL),
  };
}
