import type { Language } from '../text/language.ts';
import type { Tier } from './actions.ts';

/** What recommendations and their reasons say. Numbers come in as they are to be shown. */
export interface LearningWords {
  basedOn(attempts: number): string;
  recommended(shown: { action: string; rate: string; attempts: number }): string;
  readonly noHistory: string;
  readonly defaultRunsNotAlone: string;
  tooFewVerified(shown: { effectiveN: string; needed: string }): string;
  tooUncertain(shown: { lowerBound: string; needed: string; effectiveN: string }): string;
  readonly adviceRunsNotAlone: string;
  agreed(action: string): string;
  historyOver(shown: { action: string; advised: string }): string;
  advisedOverDefault(advised: string): string;
  tooFar(shown: { advised: string; tier: Tier; action: string }): string;
  failedHere(shown: { advised: string; attempts: number; successes: number; action: string }): string;
  tooUnsure(shown: { advised: string; action: string }): string;
}

const ENGLISH: LearningWords = {
  basedOn: attempts => (attempts === 1 ? '1 attempt so far' : `${attempts} attempts so far`),
  recommended: ({ action, rate, attempts }) => `${action}: it has helped in ${rate} of ${attempts} attempts.`,
  noHistory: 'no history, using the default',
  defaultRunsNotAlone: 'This is a default that no history stands behind: a person decides.',
  tooFewVerified: ({ effectiveN, needed }) =>
    `Runs that the operator verified count as ${effectiveN} (half as much every 30 days), and ${needed} are needed: approve more runs first.`,
  tooUncertain: ({ lowerBound, needed, effectiveN }) =>
    `With 95 % certainty it helps in at least ${lowerBound} of all cases, and at least ${needed} is needed (verified runs count as ${effectiveN}): a person decides.`,
  adviceRunsNotAlone: "A model's advice never runs by itself: a person decides.",
  agreed: action => `What was learned and the model both say ${action}.`,
  historyOver: ({ action, advised }) =>
    `What was learned says ${action}. The model says ${advised}, but outcomes count more than its opinion.`,
  advisedOverDefault: advised => `Nothing learned qualifies, so this is the model's advice, unproven here: ${advised}.`,
  tooFar: ({ advised, tier, action }) =>
    `The model says ${advised}, which is tier ${tier}: nothing of that reach is put forward without outcomes behind it. ${action} is the default.`,
  failedHere: ({ advised, attempts, successes, action }) =>
    `The model says ${advised}, which has worked ${successes} of ${attempts} times here. ${action} is the default.`,
  tooUnsure: ({ advised, action }) => `The model says ${advised}, and is too unsure of it. ${action} is the default.`,
};

const TRADITIONAL_CHINESE: LearningWords = {
  basedOn: attempts => `${attempts} 次歷史數據`,
  recommended: ({ action, rate, attempts }) => `${action}：${attempts} 次歷史數據中成功率 ${rate}。`,
  noHistory: '無歷史數據,使用預設',
  defaultRunsNotAlone: '這是沒有歷史數據支持的預設方案，須由人員決定。',
  tooFewVerified: ({ effectiveN, needed }) =>
    `經本系統驗證的執行折算為 ${effectiveN} 次（每 30 天減半），需要 ${needed} 次：請先核准更多次執行。`,
  tooUncertain: ({ lowerBound, needed, effectiveN }) =>
    `在 95% 的把握下，成功率至少為 ${lowerBound}，需要至少 ${needed}（經驗證的執行折算為 ${effectiveN} 次）：須由人員決定。`,
  adviceRunsNotAlone: '模型的建議不會自動執行，須由人員決定。',
  agreed: action => `歷史數據與模型都建議 ${action}。`,
  historyOver: ({ action, advised }) => `歷史數據建議 ${action}。模型建議 ${advised}，但實際結果優先於模型的意見。`,
  advisedOverDefault: advised => `沒有符合條件的歷史數據，因此採用模型的建議，尚未在此驗證：${advised}。`,
  tooFar: ({ advised, tier, action }) =>
    `模型建議 ${advised}，屬於第 ${tier} 級：沒有實際結果支持時，不提出影響這麼大的動作。預設為 ${action}。`,
  failedHere: ({ advised, attempts, successes, action }) =>
    `模型建議 ${advised}，但在此 ${attempts} 次中僅成功 ${successes} 次。預設為 ${action}。`,
  tooUnsure: ({ advised, action }) => `模型建議 ${advised}，但把握不足。預設為 ${action}。`,
};

const LANGUAGES: Readonly<Record<Language, LearningWords>> = { en: ENGLISH, 'zh-TW': TRADITIONAL_CHINESE };

export function learningWords(language: Language): LearningWords {
  return LANGUAGES[language];
}
