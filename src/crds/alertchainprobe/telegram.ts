import { z } from 'zod';
import { BaseUrl, SecretKeyRef } from '../reference.ts';
import { withRules } from '../rule.ts';
import { patternedText } from '../text.ts';

const ChatId = patternedText({
  pattern: /^(-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,63})$/,
  maxLength: 64,
  sentence: "must be the numeric id of a chat in quotes, such as '-1001234567890', or the @name of a public channel",
});

/** Fields that a hop and a notification have in common. */
const botToken = SecretKeyRef.describe('Where the token of the bot is kept.');
const chatId = ChatId.describe('The chat: its numeric id as a text, or the @name of a public channel.');
const messageThreadId = z.int32().min(1).describe('Topic of a forum group.').optional();
const apiRoot = BaseUrl.default('https://api.telegram.org').describe('Root of the Bot API: another one for a Bot API server of your own.');

/** The block of a Telegram hop. */
export const TelegramBlock = withRules(
  z.object({
    via: z
      .enum(['Bot', 'API'])
      .default('Bot')
      .describe('Bot: ask Telegram itself (getMe, getChat, sendChatAction). API: ask `target` for /api/v1/telegram/status.'),
    botToken: botToken.optional(),
    chatId: chatId.optional(),
    messageThreadId,
    apiRoot,
  }),
  [
    {
      cel: "self.via != 'Bot' || (has(self.botToken) && has(self.chatId))",
      message: 'telegram with via: Bot needs botToken and chatId: give both, or set via: API to ask the target',
      holds: block => block.via !== 'Bot' || (block.botToken !== undefined && block.chatId !== undefined),
    },
    {
      cel: "self.via != 'API' || !(has(self.botToken) || has(self.chatId) || has(self.messageThreadId))",
      message: 'botToken, chatId and messageThreadId belong to via: Bot: remove them or set via: Bot',
      holds: block => block.via !== 'API' || [block.botToken, block.chatId, block.messageThreadId].every(field => field === undefined),
    },
  ],
);

/** Where a notification goes: sent straight to Telegram, never through the chain under test. */
export const TelegramNotify = z.object({ botToken, chatId, messageThreadId, apiRoot });
