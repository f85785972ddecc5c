import type { Incident } from '../incidents/incident.ts';
import type { Card } from '../ports/cards.ts';
import type { Errand } from '../ports/people.ts';
import type { Language } from '../text/language.ts';
import { bold, escaped, line, lines } from './html.ts';
import { titleText } from './incident-card.ts';
import { wordsOf } from './language.ts';

export interface NoticeCardOptions {
  readonly language: Language;
  /** The incident's card. */
  readonly replyTo?: number;
  /** Without a sound. */
  readonly quiet?: boolean;
}

/** Characters, which together stay below what Telegram takes. */
const MOST = { name: 200, playbook: 260, text: 2000 } as const;

/** What a repair has to tell the team of an incident. */
export function noticeCard(incident: Incident, { playbook, text }: Errand, { language, ...how }: NoticeCardOptions): Card {
  const { repairs, labels } = wordsOf(language);
  const parts = [
    `📣 ${bold(escaped(repairs.notice))}\n${line(titleText(incident), MOST.name)}`,
    lines(text, MOST.text),
    [
      `${bold(`${escaped(repairs.playbook)}:`)} ${line(playbook, MOST.playbook)}`,
      `${bold(`${escaped(labels.incident)}:`)} <code>${line(incident.id, MOST.name)}</code>`,
    ].join('\n'),
  ];
  return { html: parts.join('\n\n'), buttons: [], ...how };
}
