import type { AnomalyRecord } from '../ports/learning-repository.ts';
import type { Language } from '../text/language.ts';
import { isDefault, recommendation } from './recommendation.ts';
import { learningWords } from './words.ts';

/** What has helped best with an anomaly, for its card; undefined where nothing has proved itself, for a default helps nobody who is on call. */
export function recommendedSentence(
  record: AnomalyRecord,
  { language, now }: { readonly language: Language; readonly now: Date },
): string | undefined {
  const best = recommendation({ record, totals: [], anomalyClass: undefined }, { language, now });
  if (isDefault(best)) return undefined;
  const { action, confidence } = best;
  const attempts = record.actions.find(each => each.action === action)?.attempts ?? 0;
  return learningWords(language).recommended({ action, rate: `${Math.round(confidence * 100)} %`, attempts });
}
