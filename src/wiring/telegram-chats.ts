import type { Config } from '../config/load.ts';
import { type ChatBook, chatBook } from '../delivery/telegram/chat-book.ts';
import type { CardChat } from '../domain/ports/cards.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface TelegramChatsParts {
  readonly config: Pick<Config, 'telegram'>;
  readonly log: Logger;
  readonly now: () => Date;
}

/** What this process knows of the chats that are set up. */
export function telegramChats({ config, log, now }: TelegramChatsParts): ChatBook {
  return chatBook({
    chats: chatsOf(config).map(({ chatId }) => chatId),
    now,
    onMoved: ({ from, to }) =>
      log.warn(
        { from, to, variables: variablesNaming(from, config) },
        'a group in Telegram has become a supergroup; cards follow it, and these variables should name its new id',
      ),
  });
}

/** Every chat that a card may stand in. */
export function chatsOf(config: Pick<Config, 'telegram'>): readonly CardChat[] {
  return namedChats(config).map(([, chat]) => chat);
}

function variablesNaming(chatId: string, config: Pick<Config, 'telegram'>): readonly string[] {
  const naming = namedChats(config).filter(([, chat]) => chat.chatId === chatId);
  return [...new Set(naming.map(([variable]) => variable))];
}

function namedChats({ telegram }: Pick<Config, 'telegram'>): [variable: string, chat: CardChat][] {
  const { chat, severityChats, labelChats, escalationChat } = telegram;
  const all: [string, CardChat | undefined][] = [
    ['TG_CHAT_ID', chat],
    ['TG_ESCALATION_CHAT_ID', escalationChat],
    ...severityChats.map((each): [string, CardChat] => ['TG_SEVERITY_CHATS', each.chat]),
    ...labelChats.map((each): [string, CardChat] => ['TG_LABEL_CHATS', each.chat]),
  ];
  return all.flatMap(([variable, each]): [string, CardChat][] => (each ? [[variable, each]] : []));
}
