import type { Incident } from '../incidents/incident.ts';
import type { CardButton } from '../ports/cards.ts';
import { wordsOf } from './language.ts';
import { type PressAction, proposalSubject, signedPress } from './press-data.ts';
import type { Language } from '../text/language.ts';

/** What buttons need; without it a card has none. */
export interface ButtonsFor {
  readonly secret: string;
  /** The numeric id of the chat that they are to stand in. */
  readonly chatId: string;
  /** Whether there is an Alertmanager to silence. */
  readonly silences: boolean;
}

/** The buttons of an incident's card: none once it is resolved. */
export function incidentButtons(
  incident: Incident,
  { language, now, buttons, mark }: { language: Language; now: Date; buttons: ButtonsFor; mark?: string | undefined },
): CardButton[][] {
  if (incident.status === 'resolved') return [];
  const proposal = mark === undefined ? [] : [[buttonOf('propose', proposalSubject(incident.id, mark), { language, buttons })]];
  const rows: PressAction[][] = [incident.status === 'open' ? ['acknowledge'] : [], silenceActions(incident, { now, buttons })];
  return [
    ...rows.filter(row => row.length > 0).map(row => row.map(action => buttonOf(action, incident.id, { language, buttons }))),
    ...proposal,
  ];
}

/** The buttons of something that waits for approval. */
export function approvalButtons(approvalId: string, of: { language: Language; buttons: Omit<ButtonsFor, 'silences'> }): CardButton[][] {
  return [[buttonOf('approve', approvalId, of), buttonOf('reject', approvalId, of)]];
}

/** The buttons of something that people are to do themselves. */
export function peopleButtons(approvalId: string, of: { language: Language; buttons: Omit<ButtonsFor, 'silences'> }): CardButton[][] {
  return [[buttonOf('done', approvalId, of), buttonOf('did-not-help', approvalId, of)]];
}

/** Only Alertmanager's own alerts can be silenced there: SigNoz has an Alertmanager within that nobody else reaches, Sentry none. */
export function canBeSilenced({ source, name, labels }: Pick<Incident, 'source' | 'name' | 'labels'>): boolean {
  // What we say ourselves of a Watchdog bears its labels: silenced would be the Watchdog, wherever it is sent to.
  return source === 'alertmanager' && (labels['alertname'] ?? name) === name;
}

function silenceActions(incident: Incident, { now, buttons }: { now: Date; buttons: ButtonsFor }): PressAction[] {
  if (!buttons.silences || !canBeSilenced(incident)) return [];
  return isSilenced(incident, now) ? ['unsilence'] : ['silence-1h', 'silence-4h'];
}

export function isSilenced({ silence }: Pick<Incident, 'silence'>, now: Date): boolean {
  return silence !== undefined && silence.endsAt > now;
}

function buttonOf(
  action: PressAction,
  subject: string,
  { language, buttons: { chatId, secret } }: { language: Language; buttons: Omit<ButtonsFor, 'silences'> },
): CardButton {
  return { text: wordsOf(language).buttons[action], data: signedPress({ action, subject, chatId }, secret) };
}
