import { type Because, whyNoModel } from '../analysis/rule-analysis.ts';
import type { AnomalyRecord } from '../ports/learning-repository.ts';
import type { Language } from '../text/language.ts';
import { type Tier, tierOf } from './actions.ts';
import type { AdvisedAction } from './advised-action.ts';
import { type Authorisation, refused } from './authorisation.ts';
import { isDefault, MIN_RATE, type RecommendationView, rateOf, type SuggestedActionView } from './recommendation.ts';
import { learningWords } from './words.ts';

/** From here on learning answers alone, and no model is asked. */
const SURE = 0.8;
/** How much of what is left to certainty, or of what there is, a model's word can move. */
const SAY = 0.25;
/** Below the rate of anything that outcomes have put forward. */
const MOST_FOR_ADVICE = 0.5;
/** So many attempts tell that an action does not help here. */
const FAILED_AFTER = 3;
/** Tier 3 changes what is deployed. */
const TOO_FAR: Tier = 3;

/** What came of asking: advice, or why there is none. */
export type AnalyserSide = { readonly is: 'advised'; readonly advised: AdvisedAction } | Because;

export interface FinalRecommendationView extends SuggestedActionView {
  readonly decided_by: 'learning' | 'ai' | 'both';
  readonly reason: string;
  readonly authorised: Authorisation;
}

/** The smart recommendation, as the API answers it. */
export type SmartRecommendationView =
  | {
      readonly source: 'learning';
      readonly recommendation: RecommendationView;
      /** Why no model was heard, where one should have been. */
      readonly ai_unavailable?: string;
    }
  | {
      readonly source: 'hybrid';
      readonly learning: RecommendationView;
      readonly ai: SuggestedActionView & { readonly reasoning: string };
      readonly final_recommendation: FinalRecommendationView;
    };

/** True where learning is sure enough to answer alone. */
export function isSure({ confidence }: RecommendationView): boolean {
  return confidence >= SURE;
}

interface Sides {
  readonly learning: RecommendationView;
  readonly record: AnomalyRecord;
  /** Not looked at where learning is sure. */
  readonly analyser: AnalyserSide;
}

/** What learning says alone where it is sure or no model was heard; both, and what to do, otherwise. */
export function smartRecommendation({ learning, record, analyser }: Sides, language: Language): SmartRecommendationView {
  if (isSure(learning)) return { source: 'learning', recommendation: learning };
  if (analyser.is !== 'advised') return { source: 'learning', recommendation: learning, ai_unavailable: whyNoModel(analyser, language) };
  const { advised } = analyser;
  return {
    source: 'hybrid',
    learning,
    ai: { action: advised.action, confidence: advised.confidence, tier: tierOf(advised.action), reasoning: advised.reasoning },
    final_recommendation: merged({ learning, record, advised }, language),
  };
}

interface Merging {
  readonly learning: RecommendationView;
  readonly record: AnomalyRecord;
  readonly advised: AdvisedAction;
}

/**
 * Outcomes count more than a model's opinion:
 *
 * 1. Where outcomes have put an action forward, it stays. A model that agrees moves its confidence up by at most a quarter of what is missing to 1,
 *    one that does not moves it down by at most a quarter.
 * 2. Where none has, the model's action takes the place of the default, at a confidence of at most 0.5, which is less than outcomes need. Not so
 *    where it was tried here three times or more and did not help, where it would change what is deployed (tier 3), or where the model is no surer
 *    than the default. People (tier 4) may always be called.
 * 3. A model never makes an action run by itself, nor keeps one from it that outcomes have authorised.
 */
function merged(sides: Merging, language: Language): FinalRecommendationView {
  return isDefault(sides.learning) ? overDefault(sides, language) : overHistory(sides, language);
}

function overHistory({ learning, advised }: Merging, language: Language): FinalRecommendationView {
  const words = learningWords(language);
  if (learning.action === advised.action) return agreed(learning, advised, language);
  const lowered = learning.confidence * (1 - SAY * advised.confidence);
  return learned(learning, lowered, words.historyOver({ action: learning.action, advised: advised.action }));
}

function overDefault({ learning, record, advised }: Merging, language: Language): FinalRecommendationView {
  const words = learningWords(language);
  const named = { advised: advised.action, action: learning.action };
  const stays = (reason: string) => learned(learning, learning.confidence, reason);
  const tried = record.actions.find(({ action }) => action === advised.action);
  if (tried && tried.attempts >= FAILED_AFTER && rateOf(tried) < MIN_RATE)
    return stays(words.failedHere({ ...named, ...tried, action: named.action }));
  if (learning.action === advised.action) return agreed(learning, advised, language);
  const tier = tierOf(advised.action);
  if (tier === TOO_FAR) return stays(words.tooFar({ ...named, tier }));
  if (advised.confidence <= learning.confidence) return stays(words.tooUnsure(named));
  return {
    action: advised.action,
    confidence: Math.min(MOST_FOR_ADVICE, advised.confidence),
    tier,
    decided_by: 'ai',
    reason: words.advisedOverDefault(advised.action),
    authorised: refused(words.adviceRunsNotAlone),
  };
}

function agreed(learning: RecommendationView, advised: AdvisedAction, language: Language): FinalRecommendationView {
  const raised = learning.confidence + (1 - learning.confidence) * SAY * advised.confidence;
  return { ...learned(learning, raised, learningWords(language).agreed(learning.action)), decided_by: 'both' };
}

function learned({ action, tier, authorised }: RecommendationView, confidence: number, reason: string): FinalRecommendationView {
  return { action, confidence, tier, decided_by: 'learning', reason, authorised };
}
