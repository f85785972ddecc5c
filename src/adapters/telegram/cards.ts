import { z } from 'zod';
import type { Card, CardButton, CardChat, Cards, SentCard } from '../../domain/ports/cards.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { Outcome } from './bot-api.ts';
import { refusalError } from './bot-api.ts';
import { type Message, mended, MOST_TRIES } from './message-fallback.ts';
import { type OwnBot, type OwnBotOptions, ownBot } from './own-bot.ts';
import { Me, SentMessage } from './schema.ts';

/** `message to edit not found` and the like, and a group that is a supergroup now: its old messages cannot be reached. */
const GONE = /message to edit not found|message can't be edited|MESSAGE_ID_INVALID|upgraded to a supergroup/;
const NOT_MODIFIED = 'message is not modified';
const TOO_OLD = /query is too old|query ID is invalid/;
const PREVIEW = { is_disabled: true };

/** Cards by the operator's own bot. */
export function telegramCards(options: OwnBotOptions): Cards {
  const bot = ownBot(options);
  const migrated = new Map<string, string>();
  const refusal = (outcome: Extract<Outcome<unknown>, { is: 'refused' }>, method: string): PortError =>
    refusalError(outcome, method, options.token());

  return {
    async send(chat, card, signal) {
      let message = messageTo({ ...chat, chatId: migrated.get(chat.chatId) ?? chat.chatId }, card);
      for (let tries = 1; ; tries++) {
        const outcome = await sendOnce(bot, { message, card }, signal);
        if (outcome.is === 'done') return sentAs(outcome.result, message);
        const changed = tries < MOST_TRIES ? mended(message, outcome) : undefined;
        if (!changed) throw refusal(outcome, 'sendMessage');
        if (outcome.migrateToChatId !== undefined) migrated.set(chat.chatId, outcome.migrateToChatId);
        message = changed;
      }
    },

    async edit(sent, card, signal) {
      const first = messageTo({ chatId: sent.chatId }, card);
      let outcome = await editOnce(bot, { sent, message: first, card }, signal);
      const changed = outcome.is === 'refused' && outcome.migrateToChatId === undefined ? mended(first, outcome) : undefined;
      if (changed) outcome = await editOnce(bot, { sent, message: changed, card }, signal);
      if (outcome.is === 'done' || outcome.description.includes(NOT_MODIFIED)) return true;
      if (GONE.test(outcome.description)) return false;
      throw refusal(outcome, 'editMessageText');
    },

    async answer(pressId, text, signal) {
      const outcome = await bot.ask(
        {
          method: 'answerCallbackQuery',
          perform: (api, within) => api.answerCallbackQuery({ callback_query_id: pressId, text: shortened(text) }, within),
          result: z.literal(true),
        },
        signal,
      );
      // Whoever pressed is no longer shown that anything is awaited.
      if (outcome.is === 'refused' && !TOO_OLD.test(outcome.description)) throw refusal(outcome, 'answerCallbackQuery');
    },

    async status(signal) {
      try {
        const { username } = await bot.done({ method: 'getMe', perform: (api, within) => api.getMe(within), result: Me }, signal);
        return { connected: true, username, lastError: null };
      } catch (err) {
        if (!(err instanceof PortError)) throw err;
        return { connected: false, username: null, lastError: err.message };
      }
    },
  };
}

/** The General topic is addressed by leaving the field out: the server rejects its id 1 (telegram-bot-api, issue 798). */
function messageTo({ chatId, threadId }: CardChat, { html }: Card): Message {
  const topic = threadId === undefined || threadId === 1 ? {} : { message_thread_id: threadId };
  return { chat_id: chatId, text: html, parse_mode: 'HTML', ...topic };
}

function sendOnce(
  bot: OwnBot,
  { message, card }: { message: Message; card: Card },
  signal: AbortSignal,
): Promise<Outcome<z.infer<typeof SentMessage>>> {
  const { quiet = false, replyTo } = card;
  const rest = {
    link_preview_options: PREVIEW,
    ...keyboard(card),
    ...(quiet && { disable_notification: true }),
    ...(replyTo !== undefined && { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
  };
  return bot.ask(
    { method: 'sendMessage', perform: (api, within) => api.sendMessage({ ...message, ...rest }, within), result: SentMessage },
    signal,
  );
}

function editOnce(
  bot: OwnBot,
  { sent, message, card }: { sent: SentCard; message: Message; card: Card },
  signal: AbortSignal,
): Promise<Outcome<unknown>> {
  const { message_thread_id: _, ...text } = message;
  const edited = { ...text, message_id: sent.messageId, link_preview_options: PREVIEW, ...keyboard(card) };
  return bot.ask({ method: 'editMessageText', perform: (api, within) => api.editMessageText(edited, within), result: z.unknown() }, signal);
}

/** Without the field an edit takes the buttons away. */
function keyboard({ buttons }: Card): { reply_markup?: { inline_keyboard: { text: string; callback_data: string }[][] } } {
  if (buttons.length === 0) return {};
  return {
    reply_markup: { inline_keyboard: buttons.map(row => row.map(({ text, data }: CardButton) => ({ text, callback_data: data }))) },
  };
}

function sentAs({ message_id: messageId, chat }: z.infer<typeof SentMessage>, { message_thread_id: threadId }: Message): SentCard {
  return { messageId, chatId: String(chat.id), ...(threadId !== undefined && { threadId }) };
}

const MOST_ANSWER = 200;

function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length > MOST_ANSWER ? `${characters.slice(0, MOST_ANSWER - 1).join('')}…` : text;
}
