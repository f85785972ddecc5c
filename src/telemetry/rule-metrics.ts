import { instruments } from './instruments.ts';
import type { Metrics } from './registry.ts';

export const RULE_OPERATIONS = ['list', 'get', 'create', 'replace', 'remove', 'test', 'channels'] as const;
export type RuleOperation = (typeof RULE_OPERATIONS)[number];
export const DRIFT_OUTCOMES = ['corrected', 'reported'] as const;
const READY = ['True', 'False', 'Unknown'] as const;

/** What is counted of alert rules and of the calls to SigNoz that keep them. */
export interface RuleMetrics {
  /** A call has ended: `ok`, or the fault as one word. */
  readonly called: (operation: RuleOperation, result: string, seconds: number) => void;
  /** A change that was made in SigNoz was found. */
  readonly drifted: (outcome: (typeof DRIFT_OUTCOMES)[number]) => void;
  /** Where to read the status of the condition Ready of every object. */
  readonly readFrom: (ready: () => Iterable<string>) => void;
}

function nobody(): Iterable<string> {
  return [];
}

export function ruleMetrics(page: Metrics): RuleMetrics {
  const make = instruments(page);
  const calls = make.counter({
    name: 'awoooi_signoz_calls_total',
    help: 'Calls to SigNoz for alert rules, by what was asked and how it ended: ok, or the fault.',
    labels: ['operation', 'result'],
  });
  const durations = make.histogram({
    name: 'awoooi_signoz_call_duration_seconds',
    help: 'How long calls to SigNoz for alert rules took.',
    labels: ['operation'],
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 5, 30],
  });
  const drift = make.counter({
    name: 'awoooi_signoz_drift_total',
    help: 'Changes of alert rules that were made in SigNoz, by what was done about them.',
    labels: ['outcome'],
  });
  let read: () => Iterable<string> = nobody;
  make.gauge({
    name: 'awoooi_signoz_alert_rules',
    help: 'SignozAlertRules by the status of their condition Ready.',
    labels: ['ready'],
    collect: gauge => {
      const counts = new Map<string, number>(READY.map(ready => [ready, 0]));
      for (const ready of read()) counts.set(ready, (counts.get(ready) ?? 0) + 1);
      for (const [ready, count] of counts) gauge.set({ ready }, count);
    },
  });
  for (const operation of RULE_OPERATIONS) calls.inc({ operation, result: 'ok' }, 0);
  for (const outcome of DRIFT_OUTCOMES) drift.inc({ outcome }, 0);
  return {
    called(operation, result, seconds) {
      calls.inc({ operation, result });
      durations.observe({ operation }, seconds);
    },
    drifted: outcome => drift.inc({ outcome }),
    readFrom: ready => {
      read = ready;
    },
  };
}
