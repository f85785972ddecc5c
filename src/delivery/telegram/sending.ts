import { cardHash } from '../../domain/cards/card-hash.ts';
import { type CardOptions, incidentCard } from '../../domain/cards/incident-card.ts';
import { LONGEST_RETRY_AFTER_MS } from '../../domain/delivery/next-try.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import type { Card, CardChat, SentCard } from '../../domain/ports/cards.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { chatLimits } from './limits.ts';
import { type Sender, turns } from './turns.ts';
import type { TelegramDeps } from './settings.ts';

/** A card with what it is recognised by. */
export interface Rendered {
  readonly card: Card;
  readonly hash: string;
}

/** What the channels of Telegram share within a process. */
export interface Sending {
  /** 0 where one more message may go to this chat, which is then counted; else in how many milliseconds to come again. */
  turn(of: { readonly chatId: string; readonly job: Sender }, signal: AbortSignal): Promise<number>;
  /** The incident's card as it should be in this chat. */
  rendered(
    incident: Incident,
    of: { readonly chatId: string; readonly heading?: string; readonly continued?: boolean },
    signal: AbortSignal,
  ): Promise<Rendered>;
  /** What buttons of a message in this chat are signed with; undefined where it has none. */
  buttonsIn(chatId: string): { readonly secret: string; readonly chatId: string } | undefined;
  send(chat: CardChat, card: Card, signal: AbortSignal): Promise<SentCard>;
  /** False where it is gone. */
  edit(sent: SentCard, card: Card, signal: AbortSignal): Promise<boolean>;
}

export function sending(deps: TelegramDeps): Sending {
  const { cards, chatBook, rate, settings, buttonSecret, now } = deps;
  const inTurn = turns(deps);

  /** What Telegram says of one message holds for its whole chat. */
  async function heeding<T>(chatId: string, doing: Promise<T>): Promise<T> {
    try {
      return await doing;
    } catch (err) {
      chatBook.failed(chatId, err);
      if (err instanceof PortError && err.retryAfterMs !== undefined) {
        chatBook.pause(chatId, Math.min(err.retryAfterMs, LONGEST_RETRY_AFTER_MS));
      }
      throw err;
    }
  }

  /** Its turn was counted under the name that it was asked for by. The card is sent: whatever comes of this. */
  async function countedThere(chatId: string, signal: AbortSignal): Promise<void> {
    // Each by itself: that one is used up must not keep it out of the other.
    for (const limit of chatLimits(chatId)) await rate.take([limit], signal).catch(() => {});
  }

  function buttonsIn(chatId: string): { readonly secret: string; readonly chatId: string } | undefined {
    const secret = buttonSecret();
    return secret === undefined ? undefined : { secret, chatId: chatBook.idOf(chatId) };
  }

  /** People are told of an incident also while nobody knows what helped before. */
  async function recommended(incident: Incident, signal: AbortSignal): Promise<string | undefined> {
    return deps.recommend?.(incident, signal).catch((err: unknown) => {
      if (!(err instanceof PortError)) throw err;
      return undefined;
    });
  }

  return {
    turn: ({ chatId, job }, signal) => inTurn({ chatId: chatBook.idOf(chatId), job, pauseMs: chatBook.pauseMs(chatId) }, signal),

    buttonsIn,

    async rendered(incident, { chatId, heading, continued = false }, signal) {
      const buttons = buttonsIn(chatId);
      const { language, silences } = settings;
      // An old card is no place to begin from.
      const offer = continued ? undefined : deps.offer?.(incident);
      const recommendation = await recommended(incident, signal);
      const options: CardOptions = {
        language,
        now: now(),
        continued,
        ...(heading !== undefined && { heading }),
        ...(offer && { offer }),
        ...(recommendation !== undefined && { recommendation }),
        ...(buttons && !continued && { buttons: { ...buttons, silences } }),
      };
      const card = incidentCard(incident, options);
      return { card, hash: cardHash(card) };
    },

    async send(chat, card, signal) {
      const sent = await heeding(chat.chatId, cards.send(chat, card, signal));
      if (chatBook.arrived(chat.chatId, sent.chatId)) await countedThere(sent.chatId, signal);
      return sent;
    },

    async edit(sent, card, signal) {
      const stands = await heeding(sent.chatId, cards.edit(sent, card, signal));
      if (stands) chatBook.arrived(sent.chatId, sent.chatId);
      return stands;
    },
  };
}
