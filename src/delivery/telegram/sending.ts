import { cardHash } from '../../domain/cards/card-hash.ts';
import { type CardOptions, incidentCard } from '../../domain/cards/incident-card.ts';
import { LONGEST_RETRY_AFTER_MS } from '../../domain/delivery/next-try.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import type { Card, CardChat, SentCard } from '../../domain/ports/cards.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { Job } from '../channel.ts';
import { turns } from './turns.ts';
import type { TelegramDeps } from './settings.ts';

/** A card with what it is recognised by. */
export interface Rendered {
  readonly card: Card;
  readonly hash: string;
}

/** What the channels of Telegram share within a process. */
export interface Sending {
  /** 0 where one more message may go to this chat, which is then counted; else in how many milliseconds to come again. */
  turn(of: { readonly chatId: string; readonly job: Pick<Job, 'incident' | 'work'> }, signal: AbortSignal): Promise<number>;
  /** The incident's card as it should be in this chat. */
  rendered(incident: Incident, of: { readonly chatId: string; readonly heading?: string }): Rendered;
  send(chat: CardChat, card: Card, signal: AbortSignal): Promise<SentCard>;
  /** False where it is gone. */
  edit(sent: SentCard, card: Card, signal: AbortSignal): Promise<boolean>;
}

export function sending(deps: TelegramDeps): Sending {
  const { cards, settings, buttonSecret, now } = deps;
  const inTurn = turns(deps);
  /** Numeric ids of chats that are configured by another: a @name, or a group that has become a supergroup. */
  const numericIds = new Map<string, string>();
  const pausedUntil = new Map<string, number>();

  /** What Telegram says of one message holds for its whole chat. */
  async function heeding<T>(chatId: string, doing: Promise<T>): Promise<T> {
    try {
      return await doing;
    } catch (err) {
      if (err instanceof PortError && err.retryAfterMs !== undefined) {
        pausedUntil.set(chatId, now().getTime() + Math.min(err.retryAfterMs, LONGEST_RETRY_AFTER_MS));
      }
      throw err;
    }
  }

  return {
    turn({ chatId, job }, signal) {
      const pauseMs = (pausedUntil.get(chatId) ?? 0) - now().getTime();
      if (pauseMs <= 0) pausedUntil.delete(chatId);
      return inTurn({ chatId, job, pauseMs: Math.max(0, pauseMs) }, signal);
    },

    rendered(incident, { chatId, heading }) {
      const secret = buttonSecret();
      const { language, silences } = settings;
      const options: CardOptions = {
        language,
        now: now(),
        ...(heading !== undefined && { heading }),
        ...(secret !== undefined && { buttons: { secret, silences, chatId: numericIds.get(chatId) ?? chatId } }),
      };
      const card = incidentCard(incident, options);
      return { card, hash: cardHash(card) };
    },

    async send(chat, card, signal) {
      const sent = await heeding(chat.chatId, cards.send(chat, card, signal));
      if (sent.chatId !== chat.chatId) numericIds.set(chat.chatId, sent.chatId);
      return sent;
    },

    edit: (sent, card, signal) => heeding(sent.chatId, cards.edit(sent, card, signal)),
  };
}
