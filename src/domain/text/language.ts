/** What cards, comments and analyses are written in. */
export type Language = 'en' | 'zh-TW';
