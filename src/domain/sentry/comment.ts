import { cleaned } from '../analysis/cleaned.ts';
import type { Analysis, Incident } from '../incidents/incident.ts';
import { excerpt } from '../text/excerpt.ts';
import type { Language } from '../text/language.ts';
import { codeBlock, cutToBytes, prose } from '../text/markdown.ts';
import { commentMarker } from './marker.ts';

export interface CommentText {
  readonly text: string;
  /** The last line of the text. */
  readonly marker: string;
}

interface Words {
  readonly heading: (analyst: string) => string;
  readonly rootCause: string;
  readonly impact: string;
  readonly fix: string;
  readonly prevention: string;
  readonly closing: (percent: number, at: Date) => string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    heading: analyst => `## 🧠 AI error analysis (by ${analyst})`,
    rootCause: '**Root Cause**',
    impact: '**Impact**',
    fix: '**Fix Suggestion**',
    prevention: '**Prevention**',
    closing: (percent, at) => `*Confidence: ${percent}% | Analysed at: ${at.toISOString().slice(0, 19)}Z*`,
  },
  'zh-TW': {
    heading: analyst => `## 🧠 AI 錯誤分析 (by ${analyst})`,
    rootCause: '**根本原因 (Root Cause)**',
    impact: '**影響範圍 (Impact)**',
    fix: '**建議修復 (Fix Suggestion)**',
    prevention: '**預防措施 (Prevention)**',
    closing: (percent, at) => `*分析信心度: ${percent}% | 分析時間: ${inTaipei(at)}*`,
  },
};

/** Bytes of each part: with the frame they stay under the 8 kB that Sentry e-mails and hands on to trackers. */
const LIMITS = { rootCause: 2_200, impact: 1_200, fix: 2_600, prevention: 1_200 } as const;

/**
 * The comment on a Sentry issue; the same for the same analysis, so that posted twice it is one comment. Times are UTC in English, and
 * Taipei's in Traditional Chinese.
 */
export function commentText(of: {
  readonly analysis: Analysis;
  readonly incident: Pick<Incident, 'id'>;
  readonly language: Language;
}): CommentText {
  const { analysis, incident, language } = of;
  const words = WORDS[language];
  const marker = commentMarker(incident.id);
  const blocks = [
    words.heading(excerpt(prose(cleaned(analysis.by)), [], 100)),
    words.rootCause,
    part(analysis.rootCause, LIMITS.rootCause),
    words.impact,
    part(analysis.impact, LIMITS.impact),
    words.fix,
    codeBlock(cutToBytes(cleaned(analysis.fix).trim(), LIMITS.fix)),
    words.prevention,
    part(analysis.prevention, LIMITS.prevention),
    '---',
    words.closing(Math.round(Math.min(1, Math.max(0, analysis.confidence)) * 100), analysis.at),
    '*Powered by AWOOOI + OpenClaw*',
    marker,
  ];
  return { text: blocks.join('\n\n'), marker };
}

/** Whatever it says is e-mailed and handed on, so it is cleaned of secrets once more. */
function part(text: string, limit: number): string {
  // Cut before as well: what is written so that it does no harm is longer.
  return cutToBytes(prose(cutToBytes(cleaned(text), limit)), limit) || '–';
}

const TAIPEI_OFFSET_MS = 8 * 3_600_000;

/** Taiwan has had no summer time since 1979. */
function inTaipei(at: Date): string {
  return `${new Date(at.getTime() + TAIPEI_OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
}
