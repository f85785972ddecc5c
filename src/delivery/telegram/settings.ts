import type { Severity } from '../../domain/alerts/alert.ts';
import type { Language } from '../../domain/cards/words.ts';
import type { CardChat, Cards } from '../../domain/ports/cards.ts';
import type { SendRate } from '../../domain/ports/send-rate.ts';
import type { Storms } from '../../domain/ports/storms.ts';
import type { QuietHours } from '../../domain/schedule/quiet-hours.ts';

export interface TelegramSettings {
  readonly chat: CardChat;
  readonly severityChats: readonly { readonly key: Severity; readonly chat: CardChat }[];
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
  readonly rate: SendRate;
  readonly storms: Storms;
  readonly settings: TelegramSettings;
  /** Signs buttons, the first of those that are taken; undefined: cards have none. */
  readonly buttonSecret: () => string | undefined;
  readonly now: () => Date;
  /** 0 to 1. */
  readonly random: () => number;
}

export function chatFor(severity: Severity, { chat, severityChats }: Pick<TelegramSettings, 'chat' | 'severityChats'>): CardChat {
  return severityChats.find(({ key }) => key === severity)?.chat ?? chat;
}
