import type { Severity } from '../../domain/alerts/alert.ts';
import type { Language } from '../../domain/text/language.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import type { Offer } from '../../domain/playbook/offer.ts';
import type { CardChat, Cards } from '../../domain/ports/cards.ts';
import type { Work } from '../../domain/ports/outbox.ts';
import type { SendRate } from '../../domain/ports/send-rate.ts';
import type { Storms } from '../../domain/ports/storms.ts';
import { type QuietHours, quietForMs } from '../../domain/schedule/quiet-hours.ts';
import type { Postponed } from '../channel.ts';
import type { ChatBook } from './chat-book.ts';

export interface TelegramSettings {
  readonly chat: CardChat;
  readonly severityChats: readonly { readonly key: Severity; readonly chat: CardChat }[];
  /** The first that fits counts. */
  readonly labelChats: readonly { readonly label: string; readonly value: string; readonly chat: CardChat }[];
  readonly escalationChat?: CardChat;
  /** 0: each incident has a card whatever comes. */
  readonly stormThreshold: number;
  readonly quietHours?: QuietHours;
  readonly language: Language;
  /** Whether there is an Alertmanager to silence. */
  readonly silences: boolean;
}

/** What the channels of Telegram need of the world. */
export interface TelegramDeps {
  readonly cards: Pick<Cards, 'send' | 'edit'>;
  /** One for all channels of the process. */
  readonly chatBook: ChatBook;
  readonly rate: SendRate;
  readonly storms: Storms;
  readonly settings: TelegramSettings;
  /** Signs buttons, the first of those that are taken; undefined: cards have none. */
  readonly buttonSecret: () => string | undefined;
  /** What people can do about an incident that nothing is being done about; absent where no playbooks are looked after. */
  readonly offer?: (incident: Incident) => Offer | undefined;
  /** What was learned to help, in one sentence; absent where nothing is learned. */
  readonly recommend?: (incident: Incident, signal: AbortSignal) => Promise<string | undefined>;
  readonly now: () => Date;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Where an incident is told: a chat of one of its labels, or else of its severity, or else of all. */
export function chatFor(
  { labels, severity }: Pick<Incident, 'labels' | 'severity'>,
  { chat, severityChats, labelChats }: Pick<TelegramSettings, 'chat' | 'severityChats' | 'labelChats'>,
): CardChat {
  const byLabel = labelChats.find(({ label, value }) => labels[label] === value)?.chat;
  return byLabel ?? severityChats.find(({ key }) => key === severity)?.chat ?? chat;
}

/** For so long nobody is to be woken for this incident. */
export function quietFor(
  { severity }: Pick<Incident, 'severity'>,
  { settings: { quietHours }, now }: Pick<TelegramDeps, 'settings' | 'now'>,
): number {
  if (quietHours === undefined || severity === 'critical' || severity === 'error') return 0;
  return quietForMs(quietHours, now());
}

/** Looked at again within this time: what waits for the end of quiet hours may become urgent meanwhile. */
export const LONGEST_QUIET_MS = 5 * 60_000;

/** What waits out the night is not overdue meanwhile; what has failed before is. */
export function overnight(quietMs: number, { attempts }: Pick<Work, 'attempts'>): Pick<Postponed, 'anew'> {
  return quietMs > 0 && attempts === 0 ? { anew: true } : {};
}
