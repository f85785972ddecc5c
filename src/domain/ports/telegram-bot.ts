export interface TelegramBotConnection {
  readonly token: string;
  readonly apiRoot: string;
}

export interface TelegramChat {
  readonly id: string;
  readonly messageThreadId?: number;
}

/**
 * The few methods of the Bot API that a probe and its notice need. Failures are PortErrors: 401/404 `unauthorized`,
 * 403 `forbidden`, 400 `rejected` with Telegram's description, 429 `rate-limited` with retryAfterMs.
 */
export interface TelegramBot {
  getMe(bot: TelegramBotConnection, signal: AbortSignal): Promise<{ readonly id: number; readonly username: string }>;
  getChat(bot: TelegramBotConnection, chatId: string, signal: AbortSignal): Promise<{ readonly type: string; readonly title?: string }>;
  /** Whether the bot may post, by its membership: needed in channels, where sendChatAction does not work. */
  mayPost(bot: TelegramBotConnection, chatId: string, signal: AbortSignal): Promise<boolean>;
  sendTyping(bot: TelegramBotConnection, chat: TelegramChat, signal: AbortSignal): Promise<void>;
  sendMessage(bot: TelegramBotConnection, chat: TelegramChat & { readonly html: string }, signal: AbortSignal): Promise<void>;
}
