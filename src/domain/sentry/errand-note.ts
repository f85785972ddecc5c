import { cleaned } from '../analysis/cleaned.ts';
import type { Errand } from '../ports/people.ts';
import { excerpt } from '../text/excerpt.ts';
import type { Language } from '../text/language.ts';
import { cutToBytes, prose } from '../text/markdown.ts';
import { commentMarker } from './marker.ts';

const WORDS: Readonly<Record<Language, { readonly heading: string; readonly by: (playbook: string, run: string) => string }>> = {
  en: { heading: '## 🛠 A repair asks for a fix', by: (playbook, run) => `*Playbook: ${playbook} | Run: ${run}*` },
  'zh-TW': { heading: '## 🛠 修復流程請求處理', by: (playbook, run) => `*修復手冊: ${playbook} | 執行: ${run}*` },
};

/** In bytes: with the frame it stays under the 8 kB that Sentry e-mails and hands on to trackers. */
const MOST_TEXT = 6_500;
const MOST_NAME = 260;

/** What a repair asks for as a comment on the Sentry issue; its last line is the marker by which it is found again. */
export function errandNote({ run, step, playbook, text }: Errand, language: Language): { readonly text: string; readonly marker: string } {
  const marker = commentMarker(`${run.uid}-${step}`);
  const words = WORDS[language];
  const blocks = [
    words.heading,
    // Cut before as well: what is written so that it does no harm is longer.
    cutToBytes(prose(cutToBytes(cleaned(text), MOST_TEXT)), MOST_TEXT) || '–',
    '---',
    words.by(name(playbook), name(`${run.namespace}/${run.name}`)),
    marker,
  ];
  return { text: blocks.join('\n\n'), marker };
}

function name(text: string): string {
  return excerpt(prose(text), [], MOST_NAME);
}
