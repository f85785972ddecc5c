import { type HttpServer, type Received, type Reply, startHttpServer } from './http-server.ts';
import { parsedHtml } from './telegram-html.ts';

export interface StandInChat {
  readonly id: number;
  readonly type: 'private' | 'group' | 'supergroup' | 'channel';
  readonly title?: string;
  /** What the bot is there; a member unless told otherwise. `blocked` and `deactivated` are for private chats. */
  readonly bot?: 'creator' | 'administrator' | 'member' | 'restricted' | 'left' | 'kicked' | 'blocked' | 'deactivated';
  /** For administrators of channels and restricted members; true unless told otherwise. */
  readonly mayPost?: boolean;
  /** The supergroup that this group became. */
  readonly migratedTo?: number;
  /** Ids of its topics; the General topic has none. */
  readonly topics?: readonly number[];
}

export interface TelegramOptions {
  readonly token?: string;
  readonly botId?: number;
  readonly username?: string;
  readonly chats?: readonly StandInChat[];
  readonly port?: number;
}

interface SentMessage {
  readonly chatId: number;
  /** What people see: after the markup is parsed. */
  readonly text: string;
  readonly threadId?: number;
  readonly parseMode?: string;
}

export interface Telegram extends HttpServer {
  readonly token: string;
  readonly sent: readonly SentMessage[];
  readonly actions: readonly { readonly chatId: number; readonly action: string; readonly threadId?: number }[];
  /** Adds a chat, or changes the one with this id. */
  setChat(chat: StandInChat): void;
  /** From now on every call is answered 429 with `retry_after`, until `mend`. */
  limit(retryAfterSeconds: number): void;
  /** From now on only this token is known. */
  setToken(token: string): void;
}

type Params = Readonly<Record<string, unknown>>;
type Method = (params: Params) => Reply;

const KICKED: Readonly<Record<StandInChat['type'], string>> = {
  private: 'user is deactivated',
  group: 'bot was kicked from the group chat',
  supergroup: 'bot was kicked from the supergroup chat',
  channel: 'bot was kicked from the channel chat',
};

/** A strict stand-in of the Bot API, down to its error texts (contracts, Telegram, sections 4.1 to 4.5). It sends nothing anywhere. */
export async function startTelegram(options: TelegramOptions = {}): Promise<Telegram> {
  const { botId = 4242, username = 'awoooi_bot', port } = options;
  const chats = new Map((options.chats ?? []).map(chat => [chat.id, chat]));
  const sent: SentMessage[] = [];
  const actions: { chatId: number; action: string; threadId?: number }[] = [];
  let token = options.token ?? '4242:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';

  const chatOf = ({ chat_id: id }: Params): StandInChat => {
    if (id === undefined || id === '') throw badRequest('chat_id is empty');
    const chat = chats.get(Number(id));
    if (!chat) throw badRequest('chat not found');
    return chat;
  };

  const methods: Readonly<Record<string, Method>> = {
    getme: () => success({ id: botId, is_bot: true, first_name: 'awoooi', username, can_join_groups: true }),
    getchat: params => {
      const { id, type, title, bot } = chatOf(params);
      if (bot === 'kicked') throw new Refusal(403, `Forbidden: ${KICKED[type]}`);
      return success({ id, type, ...(title !== undefined && { title }) });
    },
    getchatmember: params => {
      const chat = chatOf(params);
      if (Number(params['user_id']) !== botId) throw badRequest('member not found');
      return success({ user: { id: botId, is_bot: true, first_name: 'awoooi', username }, ...membership(chat) });
    },
    sendchataction: params => {
      const chat = writable(chatOf(params));
      if (chat.type === 'channel') throw badRequest("chat actions can't be sent to channels");
      if (params['action'] !== 'typing') throw badRequest('wrong parameter action in request');
      actions.push({ chatId: chat.id, action: 'typing', ...thread(params, chat) });
      return success(true);
    },
    sendmessage: params => {
      const chat = writable(chatOf(params));
      const { text, ...mode } = checkedText(params);
      const message = { chatId: chat.id, text, ...mode, ...thread(params, chat) };
      sent.push(message);
      return success({ message_id: sent.length, date: 0, chat: { id: chat.id, type: chat.type }, text });
    },
  };

  function handle(request: Received): Reply {
    const [, given, name = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.path) ?? [];
    if (given === undefined || !/^\d+:/.test(decodeURIComponent(given))) return failure(404, 'Not Found');
    if (decodeURIComponent(given) !== token) return failure(401, 'Unauthorized');
    const method = methods[name.toLowerCase()];
    if (!method) return failure(404, 'Not Found');
    try {
      return method(paramsOf(request));
    } catch (err) {
      if (err instanceof Refusal) return failure(err.code, err.message, err.parameters);
      throw err;
    }
  }

  const server = await startHttpServer({ handle, ...(port !== undefined && { port }) });
  return {
    ...server,
    get token() {
      return token;
    },
    sent,
    actions,
    setChat: chat => void chats.set(chat.id, chat),
    limit: seconds => {
      const reply = failure(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
      server.breakWith({ is: 'answer', reply: { ...reply, headers: { 'retry-after': String(seconds) } } });
    },
    setToken: value => {
      token = value;
    },
  };
}

class Refusal extends Error {
  readonly code: number;
  readonly parameters: Params | undefined;

  constructor(code: number, description: string, parameters?: Params) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

function badRequest(what: string, parameters?: Params): Refusal {
  return new Refusal(400, `Bad Request: ${what}`, parameters);
}

function success(result: unknown): Reply {
  return { status: 200, body: { ok: true, result } };
}

function failure(code: number, description: string, parameters?: Params): Reply {
  return { status: code, body: { ok: false, error_code: code, description, ...(parameters && { parameters }) } };
}

/** The chat, if the bot has write access to it (`check_chat(AccessRights::Write)`). */
function writable(chat: StandInChat): StandInChat {
  const { type, bot = 'member', mayPost = true, migratedTo } = chat;
  if (migratedTo !== undefined) throw badRequest('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: migratedTo });
  if (bot === 'blocked') throw new Refusal(403, 'Forbidden: bot was blocked by the user');
  if (bot === 'deactivated') throw new Refusal(403, 'Forbidden: user is deactivated');
  if (bot === 'kicked') throw new Refusal(403, `Forbidden: ${KICKED[type]}`);
  if (bot === 'left') throw new Refusal(403, `Forbidden: bot is not a member of the ${type} chat`);
  if (!mayPost) throw badRequest('not enough rights to send text messages to the chat');
  return chat;
}

function membership({ type, bot = 'member', mayPost = true }: StandInChat): Params {
  if (bot === 'administrator' && type === 'channel') return { status: bot, can_post_messages: mayPost };
  return bot === 'restricted' ? { status: bot, can_send_messages: mayPost } : { status: bot };
}

/** The General topic is addressed without an id: 1 is refused like a topic that is gone. */
function thread({ message_thread_id: id }: Params, { topics = [] }: StandInChat): { threadId?: number } {
  if (id === undefined) return {};
  if (!topics.includes(Number(id)) || Number(id) === 1) throw badRequest('message thread not found');
  return { threadId: Number(id) };
}

function checkedText({ text, parse_mode: mode }: Params): { text: string; parseMode?: string } {
  if (typeof text !== 'string' || text === '') throw badRequest('message text is empty');
  if (Buffer.byteLength(text) > 32_768) throw badRequest('text is too long');
  if (mode !== undefined && mode !== 'HTML') throw badRequest('unsupported parse_mode');
  const parsed = mode === 'HTML' ? parsedHtml(text) : { is: 'text' as const, text };
  if (parsed.is === 'error') throw badRequest(`can't parse entities: ${parsed.error}`);
  if (parsed.text.trim() === '') throw badRequest('message text is empty');
  if (Array.from(parsed.text).length > 4096) throw badRequest('message is too long');
  return { text: parsed.text, ...(mode === 'HTML' && { parseMode: mode }) };
}

function paramsOf({ query, headers, body }: Received): Params {
  const fromQuery = Object.fromEntries(query);
  if (!headers['content-type']?.includes('application/json') || body === '') return fromQuery;
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...fromQuery, ...parsed } : fromQuery;
  } catch {
    throw badRequest("can't parse JSON object");
  }
}
