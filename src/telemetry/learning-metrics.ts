import { instruments } from './instruments.ts';
import type { Metrics } from './registry.ts';

export const OUTCOME_RESULTS = ['recorded', 'repeated', 'refused'] as const;
export type OutcomeResult = (typeof OUTCOME_RESULTS)[number];

/** Told to the API, or the end of a RepairRun. */
export const OUTCOME_SOURCES = ['reported', 'run'] as const;
export type OutcomeSource = (typeof OUTCOME_SOURCES)[number];

/** What is counted of learning. */
export interface LearningMetrics {
  readonly outcome: (result: OutcomeResult, source: OutcomeSource) => void;
}

export function learningMetrics(page: Metrics): LearningMetrics {
  const outcomes = instruments(page).counter({
    name: 'awoooi_repair_outcomes_total',
    help: 'Outcomes of repairs that were reported or that runs came to, by what became of them.',
    labels: ['result', 'source'],
  });
  for (const result of OUTCOME_RESULTS) for (const source of OUTCOME_SOURCES) outcomes.inc({ result, source }, 0);
  return { outcome: (result, source) => outcomes.inc({ result, source }) };
}
