import type { ActionRecord, ActionTotals, AnomalyRecord } from '../ports/learning-repository.ts';
import type { Language } from '../text/language.ts';
import { type Tier, tierOf } from './actions.ts';
import { type Authorisation, authorisation, refused } from './authorisation.ts';
import { type Posterior, posteriorAmong } from './posterior.ts';
import { learningWords } from './words.ts';

const MIN_ATTEMPTS = 5;
export const MIN_RATE = 0.6;
const MOST_ALTERNATIVES = 2;

/** An action, in the API's spelling. */
export interface SuggestedActionView {
  readonly action: string;
  readonly confidence: number;
  readonly tier: Tier;
}

/** The recommendation, as the API answers it. */
export interface RecommendationView extends SuggestedActionView {
  readonly based_on: string;
  /** Seconds. */
  readonly avg_execution_time: number;
  readonly alternatives: readonly SuggestedActionView[];
  readonly lower_bound: number;
  readonly effective_n: number;
  readonly authorised: Authorisation;
  readonly legacy_score: number;
}

const DEFAULT_ACTION = 'restart_pod';
const DEFAULT = {
  confidence: 0.3,
  seconds: 30,
  alternatives: [{ action: 'delete_pod', confidence: 0.3, tier: 1 }],
} as const;

/** What is known when a recommendation is asked for. */
export interface Learned {
  readonly record: AnomalyRecord;
  readonly totals: readonly ActionTotals[];
  /** `ALERTNAME/KIND`; undefined where it is not known. */
  readonly anomalyClass: string | undefined;
}

/**
 * Which repair works, by all outcomes, whoever reported them: of the actions with at least 5 attempts and a rate of at least 0.6 the one with the
 * highest rate × ln(attempts + 1), then of the lowest tier, then by name. It ranks; whether the action may run by itself is another question,
 * which verified outcomes alone answer (docs/adr/0020).
 */
export function recommendation(
  learned: Learned,
  { language, now }: { readonly language: Language; readonly now: Date },
): RecommendationView {
  const [best, ...others] = qualified(learned.record);
  if (!best) return defaultView(learned, { language, now });
  const shown = posteriorOf(best, learned, now);
  return {
    ...suggested(best),
    based_on: learningWords(language).basedOn(best.attempts),
    avg_execution_time: meanSeconds(best),
    alternatives: others.slice(0, MOST_ALTERNATIVES).map(suggested),
    lower_bound: shown.lowerBound,
    effective_n: shown.effectiveN,
    authorised: authorisation(shown, language),
    legacy_score: score(best),
  };
}

/** True where nothing qualified. */
export function isDefault({ confidence }: RecommendationView): boolean {
  return confidence < MIN_RATE;
}

function defaultView(learned: Learned, { language, now }: { readonly language: Language; readonly now: Date }): RecommendationView {
  const words = learningWords(language);
  const tried = learned.record.actions.find(({ action }) => action === DEFAULT_ACTION) ?? neverTried(DEFAULT_ACTION, now);
  const shown = posteriorOf(tried, learned, now);
  return {
    action: DEFAULT_ACTION,
    confidence: DEFAULT.confidence,
    tier: tierOf(DEFAULT_ACTION),
    based_on: words.noHistory,
    avg_execution_time: DEFAULT.seconds,
    alternatives: DEFAULT.alternatives,
    lower_bound: shown.lowerBound,
    effective_n: shown.effectiveN,
    authorised: refused(words.defaultRunsNotAlone),
    legacy_score: score(tried),
  };
}

function neverTried(action: string, now: Date): ActionRecord {
  return { action, attempts: 0, successes: 0, recentSeconds: [], verified: { successes: 0, failures: 0, asOf: now }, lastAt: now };
}

/** What verified outcomes show of an action, here and elsewhere. */
export function posteriorOf(
  { action, verified }: Pick<ActionRecord, 'action' | 'verified'>,
  of: Omit<Learned, 'record'>,
  now: Date,
): Posterior {
  return posteriorAmong({ action, own: verified, anomalyClass: of.anomalyClass }, of.totals, now);
}

/** Of all outcomes; 0 where there is none. */
export function rateOf({ attempts, successes }: Pick<ActionRecord, 'attempts' | 'successes'>): number {
  return attempts > 0 ? successes / attempts : 0;
}

/** Best first. */
function qualified({ actions }: AnomalyRecord): readonly ActionRecord[] {
  return actions
    .filter(one => one.attempts >= MIN_ATTEMPTS && rateOf(one) >= MIN_RATE)
    .toSorted((a, b) => score(b) - score(a) || tierOf(a.action) - tierOf(b.action) || byName(a, b));
}

/** The formula of earlier systems. It grows without end with use, so it ranks and decides nothing else. */
function score(one: ActionRecord): number {
  return rateOf(one) * Math.log(one.attempts + 1);
}

/** The same on every machine, whatever its locale. */
function byName(a: ActionRecord, b: ActionRecord): number {
  return a.action < b.action ? -1 : 1;
}

function suggested(one: ActionRecord): SuggestedActionView {
  return { action: one.action, confidence: rateOf(one), tier: tierOf(one.action) };
}

function meanSeconds({ recentSeconds }: ActionRecord): number {
  const reported = recentSeconds.filter(seconds => seconds > 0);
  return reported.length > 0 ? reported.reduce((all, seconds) => all + seconds, 0) / reported.length : 0;
}
