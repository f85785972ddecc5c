import type { Refused } from './bot-api.ts';

/** What of a message may have to change. */
export interface Message {
  readonly chat_id: string;
  readonly text: string;
  readonly parse_mode?: 'HTML';
  readonly message_thread_id?: number;
}

/** As it is, and after each of three mends: chat, topic, markup. */
export const MOST_TRIES = 4;

/** Well under Telegram's 4096 characters. */
const PLAIN_CHARACTERS = 3500;

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };

/** The message to try after this refusal (a 400 for markup, length, topic or a migrated group), or undefined where nothing is left to change. */
export function mended(message: Message, { statusCode, description, migrateToChatId }: Refused): Message | undefined {
  if (statusCode !== 400) return undefined;
  if (migrateToChatId !== undefined) return message.chat_id === migrateToChatId ? undefined : { ...message, chat_id: migrateToChatId };
  if (description.includes('message thread not found')) return withoutTopic(message);
  return /can't parse entities|message is too long|text is too long/.test(description) ? plain(message) : undefined;
}

function withoutTopic({ message_thread_id: topic, ...rest }: Message): Message | undefined {
  return topic === undefined ? undefined : rest;
}

function plain({ parse_mode: mode, ...rest }: Message): Message | undefined {
  return mode === undefined ? undefined : { ...rest, text: plainText(rest.text) };
}

function plainText(html: string): string {
  const text = html.replace(/<\/?[a-z][^<>]*>/gi, '').replace(/&(lt|gt|quot|amp);/g, (_, name: string) => ENTITIES[name] ?? '');
  const characters = Array.from(text);
  return characters.length > PLAIN_CHARACTERS ? `${characters.slice(0, PLAIN_CHARACTERS - 1).join('')}…` : text;
}
