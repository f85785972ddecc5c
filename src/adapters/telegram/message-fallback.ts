import type { Refused } from './bot-api.ts';

type Params = Readonly<Record<string, unknown>>;

/** Well under Telegram's 4096 characters. */
const PLAIN_CHARACTERS = 3500;

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };

/** The message to try after this refusal (a 400 for markup, length, topic or a migrated group), or undefined where nothing is left to change. */
export function mended(params: Params, { statusCode, description, migrateToChatId }: Refused): Params | undefined {
  if (statusCode !== 400) return undefined;
  if (migrateToChatId !== undefined) return params['chat_id'] === migrateToChatId ? undefined : { ...params, chat_id: migrateToChatId };
  if (description.includes('message thread not found')) return without('message_thread_id', params);
  if (!/can't parse entities|message is too long|text is too long/.test(description)) return undefined;
  const plain = without('parse_mode', params);
  return plain && { ...plain, text: plainText(String(params['text'])) };
}

function without(name: string, params: Params): Params | undefined {
  const { [name]: gone, ...rest } = params;
  return gone === undefined ? undefined : rest;
}

function plainText(html: string): string {
  const text = html.replace(/<\/?[a-z][^<>]*>/gi, '').replace(/&(lt|gt|quot|amp);/g, (_, name: string) => ENTITIES[name] ?? '');
  const characters = Array.from(text);
  return characters.length > PLAIN_CHARACTERS ? `${characters.slice(0, PLAIN_CHARACTERS - 1).join('')}…` : text;
}
