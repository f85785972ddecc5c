import { instruments } from './instruments.ts';
import type { Metrics } from './registry.ts';

/** How an analysis came about: by a model, or by rules and why. */
export const ANALYSIS_OUTCOMES = ['answered', 'failed', 'budget', 'off'] as const;
export type AnalysisOutcome = (typeof ANALYSIS_OUTCOMES)[number];

/** What is counted of analyses and of the comments that hold them. */
export interface AnalysisMetrics {
  readonly analysed: (outcome: AnalysisOutcome) => void;
  /** A comment was not written for want of a token. */
  readonly withoutToken: () => void;
}

export function analysisMetrics(page: Metrics): AnalysisMetrics {
  const make = instruments(page);
  const analyses = make.counter({
    name: 'awoooi_analyses_total',
    help: 'Analyses of incidents: answered by a model, or by rules because it failed, its budget was used up or it is off.',
    labels: ['outcome'],
  });
  const withoutToken = make.counter({
    name: 'awoooi_sentry_comments_without_token_total',
    help: 'Comments that were not written because SENTRY_API_TOKEN is not set.',
  });
  for (const outcome of ANALYSIS_OUTCOMES) analyses.inc({ outcome }, 0);
  return { analysed: outcome => analyses.inc({ outcome }), withoutToken: () => withoutToken.inc() };
}
