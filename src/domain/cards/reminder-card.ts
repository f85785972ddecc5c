import type { Incident } from '../incidents/incident.ts';
import type { Card } from '../ports/cards.ts';
import { bold, escaped, line } from './html.ts';
import { titleText } from './incident-card.ts';
import { wordsOf } from './language.ts';
import type { Language } from '../text/language.ts';

const MOST_NAME = 200;

/** A few words that make a sound again, in answer to the incident's card. */
export function reminderCard(incident: Incident, { language, replyTo }: { language: Language; replyTo?: number }): Card {
  const words = wordsOf(language);
  const parts = [
    `🔁 ${bold(escaped(words.reminder))}`,
    line(titleText(incident), MOST_NAME),
    `${escaped(words.labels.incident)}: <code>${line(incident.id, MOST_NAME)}</code>`,
  ];
  return { html: parts.join('\n'), buttons: [], ...(replyTo !== undefined && { replyTo }) };
}
