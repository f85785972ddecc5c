import { z } from 'zod';
import type { TelegramBot, TelegramChat } from '../../domain/ports/telegram-bot.ts';
import type { OutgoingClient } from '../../net/outgoing.ts';
import { type Call, type CallContext, call, refusalError } from './bot-api.ts';
import { type Message, mended, MOST_TRIES } from './message-fallback.ts';
import { Chat, ChatMember, Me } from './schema.ts';

/**
 * TelegramBot over the outgoing client: the methods are called directly, so that the deny list holds for an `apiRoot` out of a spec (ADR
 * 0005).
 */
export function telegramBot(client: OutgoingClient): TelegramBot {
  return {
    getMe: async (bot, signal) => done({ method: 'getMe', result: Me }, { client, bot, signal }),

    async getChat(bot, chatId, signal) {
      const { type, title } = await done({ method: 'getChat', params: { chat_id: chatId }, result: Chat }, { client, bot, signal });
      return { type, ...(title !== undefined && { title }) };
    },

    async mayPost(bot, chatId, signal) {
      const context = { client, bot, signal };
      const { id } = await done({ method: 'getMe', result: Me }, context);
      const params = { chat_id: chatId, user_id: id };
      return allowsPosting(await done({ method: 'getChatMember', params, result: ChatMember }, context));
    },

    async sendTyping(bot, chat, signal) {
      const params = { ...destination(chat), action: 'typing' };
      await done({ method: 'sendChatAction', params, result: z.literal(true) }, { client, bot, signal });
    },

    async sendMessage(bot, { html, ...chat }, signal) {
      await sendMended({ ...destination(chat), text: html, parse_mode: 'HTML' }, { client, bot, signal });
    },
  };
}

async function done<T>(wanted: Call<T>, context: CallContext): Promise<T> {
  const outcome = await call(wanted, context);
  if (outcome.is === 'done') return outcome.result;
  throw refusalError(outcome, wanted.method, context.bot.token);
}

/** Sends, and after a refusal sends again changed, once for each thing that can be mended: an ugly notice beats a lost one. */
async function sendMended(first: Message, context: CallContext): Promise<void> {
  let message = first;
  for (let tries = 1; ; tries++) {
    const params = { ...message, link_preview_options: { is_disabled: true } };
    const outcome = await call({ method: 'sendMessage', params, result: z.unknown() }, context);
    if (outcome.is === 'done') return;
    const changed = tries < MOST_TRIES ? mended(message, outcome) : undefined;
    if (!changed) throw refusalError(outcome, 'sendMessage', context.bot.token);
    message = changed;
  }
}

/** The General topic is addressed by leaving the field out: the server rejects its id 1 (telegram-bot-api, issue 798). */
function destination({ id, messageThreadId }: TelegramChat): { chat_id: string; message_thread_id?: number } {
  return { chat_id: id, ...(messageThreadId !== undefined && messageThreadId !== 1 && { message_thread_id: messageThreadId }) };
}

function allowsPosting({ status, can_post_messages: mayPost = true, can_send_messages: maySend = false }: ChatMember): boolean {
  if (status === 'administrator') return mayPost;
  if (status === 'restricted') return maySend;
  return status === 'creator' || status === 'member';
}
