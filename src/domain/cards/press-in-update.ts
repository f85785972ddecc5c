import type { Press } from '../ports/cards.ts';
import { isRecord } from '../text/json.ts';

/** The press of a button that an update of Telegram tells of; undefined for every other kind of update, and for what is none. */
export function pressIn(update: unknown): Press | undefined {
  const query = isRecord(update) ? update['callback_query'] : undefined;
  if (!isRecord(query)) return undefined;
  const { id, data = '', from: presser, message } = query;
  if (!isRecord(presser)) return undefined;
  const { id: userId, username, first_name: firstName } = presser;
  if (typeof id !== 'string' || typeof userId !== 'number' || typeof data !== 'string') return undefined;
  return { id, data, userId, userName: [username, firstName].find(isText) ?? String(userId), ...placeOf(message) };
}

/** A message that is too old comes without its content, but with its id and chat. */
function placeOf(message: unknown): Pick<Press, 'chatId' | 'messageId'> {
  if (!isRecord(message)) return {};
  const chatId = isRecord(message['chat']) ? message['chat']['id'] : undefined;
  const messageId = message['message_id'];
  return { ...(typeof chatId === 'number' && { chatId: String(chatId) }), ...(typeof messageId === 'number' && { messageId }) };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
