import type { Language } from '../text/language.ts';
import type { Posterior } from './posterior.ts';
import { learningWords } from './words.ts';

/** What verified outcomes must show before an action may run by itself. */
export const NEEDED = { lowerBound: 0.6, effectiveN: 5 } as const;

/** May it run by itself, as far as learning goes; and if not, why not. */
export interface Authorisation {
  readonly allowed: boolean;
  readonly reason: string | null;
}

type Shown = Pick<Posterior, 'lowerBound' | 'effectiveN'>;

/** To a tenth: five outcomes of one day are five, although each began to fade as it was recorded. */
function tenths(effectiveN: number): number {
  return Math.round(effectiveN * 10) / 10;
}

/** Whether enough verified outcomes stand behind it to say anything. */
export function isEnough({ effectiveN }: Pick<Posterior, 'effectiveN'>): boolean {
  return tenths(effectiveN) >= NEEDED.effectiveN;
}

/** True where the lower bound is at least 0.6 and effective n at least 5. */
export function isProven(shown: Shown): boolean {
  return isEnough(shown) && shown.lowerBound >= NEEDED.lowerBound;
}

/** Of a posterior over verified outcomes alone: what was reported from outside stands behind none. */
export function authorisation(posterior: Shown, language: Language): Authorisation {
  if (isProven(posterior)) return { allowed: true, reason: null };
  const words = learningWords(language);
  const effectiveN = tenths(posterior.effectiveN).toFixed(1);
  if (!isEnough(posterior)) return refused(words.tooFewVerified({ effectiveN, needed: NEEDED.effectiveN.toFixed(1) }));
  // Rounded down: what is below 60 % is never shown as 60 %.
  const lowerBound = `${Math.floor(posterior.lowerBound * 100)} %`;
  return refused(words.tooUncertain({ lowerBound, needed: `${NEEDED.lowerBound * 100} %`, effectiveN }));
}

export function refused(reason: string): Authorisation {
  return { allowed: false, reason };
}
