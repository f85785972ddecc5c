import { badRequest, type Params, Refusal } from './telegram-answers.ts';

export interface StandInChat {
  readonly id: number;
  readonly type: 'private' | 'group' | 'supergroup' | 'channel';
  readonly title?: string;
  /** Without the @: the chat can then be addressed by it as well. */
  readonly username?: string;
  /** What the bot is there; a member unless told otherwise. `blocked` and `deactivated` are for private chats. */
  readonly bot?: 'creator' | 'administrator' | 'member' | 'restricted' | 'left' | 'kicked' | 'blocked' | 'deactivated';
  /** For administrators of channels and restricted members; true unless told otherwise. */
  readonly mayPost?: boolean;
  /** The supergroup that this group became. */
  readonly migratedTo?: number;
  /** Ids of its topics; the General topic has none. */
  readonly topics?: readonly number[];
}

const KICKED: Readonly<Record<StandInChat['type'], string>> = {
  private: 'user is deactivated',
  group: 'bot was kicked from the group chat',
  supergroup: 'bot was kicked from the supergroup chat',
  channel: 'bot was kicked from the channel chat',
};

/** The chat that a request names. */
export function chatIn(chats: ReadonlyMap<number, StandInChat>, { chat_id: id }: Params): StandInChat {
  if (id === undefined || id === '') throw badRequest('chat_id is empty');
  const named = typeof id === 'string' && id.startsWith('@') ? id.slice(1) : undefined;
  const chat = named === undefined ? chats.get(Number(id)) : [...chats.values()].find(({ username }) => username === named);
  if (!chat) throw badRequest('chat not found');
  return chat;
}

/** The chat, if the bot may read it. */
export function readable(chat: StandInChat): StandInChat {
  if (chat.bot === 'kicked') throw new Refusal(403, `Forbidden: ${KICKED[chat.type]}`);
  return chat;
}

/** The chat, if the bot has write access to it (`check_chat(AccessRights::Write)`). */
export function writable(chat: StandInChat): StandInChat {
  const { type, bot = 'member', mayPost = true, migratedTo } = chat;
  if (migratedTo !== undefined) throw badRequest('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: migratedTo });
  if (bot === 'blocked') throw new Refusal(403, 'Forbidden: bot was blocked by the user');
  if (bot === 'deactivated') throw new Refusal(403, 'Forbidden: user is deactivated');
  if (bot === 'kicked') throw new Refusal(403, `Forbidden: ${KICKED[type]}`);
  if (bot === 'left') throw new Refusal(403, `Forbidden: bot is not a member of the ${type} chat`);
  if (!mayPost) throw badRequest('not enough rights to send text messages to the chat');
  return chat;
}

export function membership({ type, bot = 'member', mayPost = true }: StandInChat): Params {
  if (bot === 'administrator' && type === 'channel') return { status: bot, can_post_messages: mayPost };
  return bot === 'restricted' ? { status: bot, can_send_messages: mayPost } : { status: bot };
}

/** The General topic is addressed without an id: 1 is refused like a topic that is gone. */
export function thread({ message_thread_id: id }: Params, { topics = [] }: StandInChat): { threadId?: number } {
  if (id === undefined) return {};
  if (!topics.includes(Number(id)) || Number(id) === 1) throw badRequest('message thread not found');
  return { threadId: Number(id) };
}
