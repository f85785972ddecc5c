import type { ActionRecord, AnomalyRecord } from '../ports/learning-repository.ts';
import { tierOf } from './actions.ts';
import { rateOf } from './recommendation.ts';

/** Few, some, and enough attempts to speak of a rate. */
const BEST_NEEDS = 3;
const SUFFICIENT_NEEDS = 10;
const EXCELLENT_RATE = 0.8;

/** What was learned of an anomaly, as the API answers it. */
export interface LearningSummaryView {
  readonly anomaly_key: string;
  readonly total_occurrences: number;
  readonly total_repair_attempts: number;
  readonly overall_success_rate: number;
  /** Most often tried first. */
  readonly actions_tried: readonly string[];
  readonly best_action: { readonly action: string; readonly success_rate: number } | null;
  readonly learning_status: 'insufficient' | 'learning' | 'sufficient' | 'excellent';
}

export function learningSummary(anomalyKey: string, { occurrences, actions }: AnomalyRecord): LearningSummaryView {
  const tried = actions.filter(({ attempts }) => attempts > 0);
  const attempts = tried.reduce((all, one) => all + one.attempts, 0);
  const rate = rateOf({ attempts, successes: tried.reduce((all, one) => all + one.successes, 0) });
  const best = bestOf(tried);
  return {
    anomaly_key: anomalyKey,
    total_occurrences: occurrences,
    total_repair_attempts: attempts,
    overall_success_rate: rate,
    actions_tried: tried.toSorted((a, b) => b.attempts - a.attempts || byName(a, b)).map(({ action }) => action),
    best_action: best ? { action: best.action, success_rate: rateOf(best) } : null,
    learning_status: statusOf(attempts, rate),
  };
}

/** By its rate, then the more often tried, then the one that reaches less far. */
function bestOf(tried: readonly ActionRecord[]): ActionRecord | undefined {
  return tried
    .filter(one => one.attempts >= BEST_NEEDS && one.successes > 0)
    .toSorted((a, b) => rateOf(b) - rateOf(a) || b.attempts - a.attempts || tierOf(a.action) - tierOf(b.action) || byName(a, b))[0];
}

function byName(a: ActionRecord, b: ActionRecord): number {
  return a.action < b.action ? -1 : 1;
}

function statusOf(attempts: number, rate: number): LearningSummaryView['learning_status'] {
  if (attempts < BEST_NEEDS) return 'insufficient';
  if (attempts < SUFFICIENT_NEEDS) return 'learning';
  return rate >= EXCELLENT_RATE ? 'excellent' : 'sufficient';
}
