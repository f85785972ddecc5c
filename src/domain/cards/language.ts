import type { Language } from '../text/language.ts';
import type { Words } from './words.ts';
import { ENGLISH } from './words-en.ts';
import { TRADITIONAL_CHINESE } from './words-zh-tw.ts';

const LANGUAGES: Readonly<Record<Language, { readonly words: Words; readonly timeZone: string; readonly zoneName: string }>> = {
  en: { words: ENGLISH, timeZone: 'UTC', zoneName: 'UTC' },
  'zh-TW': { words: TRADITIONAL_CHINESE, timeZone: 'Asia/Taipei', zoneName: '台北' },
};

export function wordsOf(language: Language): Words {
  return LANGUAGES[language].words;
}

/** A time for people: `2026-03-29 10:00 UTC`, for zh-TW in Taipei's. */
export function shownTime(at: Date, language: Language): string {
  const { timeZone, zoneName } = LANGUAGES[language];
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);
  return `${parts} ${zoneName}`;
}
