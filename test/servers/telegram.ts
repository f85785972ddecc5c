import { type HttpServer, type Received, type Reply, startHttpServer } from './http-server.ts';
import { badRequest, failure, type Method, type Params, paramsOf, Refusal, success } from './telegram-answers.ts';
import { chatIn, membership, readable, type StandInChat, thread, writable } from './telegram-chats.ts';
import { type FloodControl, floodControl } from './telegram-flood.ts';
import { messages, type Messages, type SentMessage, type StandingMessage } from './telegram-messages.ts';
import { callbackQuery, type Presser, type Updates, updates } from './telegram-updates.ts';
import { postUpdate } from './telegram-webhook.ts';

export type { StandInChat } from './telegram-chats.ts';

export interface TelegramOptions {
  readonly token?: string;
  readonly botId?: number;
  readonly username?: string;
  readonly chats?: readonly StandInChat[];
  readonly port?: number;
  /** As a Bot API server of one's own: webhooks by http and on any port. True unless told otherwise. */
  readonly local?: boolean;
  /** By which flood control is measured. */
  readonly now?: () => number;
}

export interface Telegram extends HttpServer {
  readonly token: string;
  readonly sent: readonly SentMessage[];
  readonly actions: readonly { readonly chatId: number; readonly action: string; readonly threadId?: number }[];
  /** What presses were answered. */
  readonly answers: Updates['answers'];
  readonly flood: FloodControl;
  /** What stands in all chats now, edited and not deleted. */
  cards(): readonly StandingMessage[];
  /** A person deletes a message. */
  deleteMessage(chatId: number, messageId: number): void;
  /** A press by somebody, with whatever data; it comes by long polling or webhook. Returns its id. */
  press(of: { chatId: number; messageId: number; data: string; user: Presser }): string;
  /** From now on earlier presses can no longer be answered. */
  expirePresses(): void;
  /** Updates that nobody has confirmed. */
  pendingUpdates(): number;
  /** Adds a chat, or changes the one with this id. */
  setChat(chat: StandInChat): void;
  /** From now on every call is answered 429 with `retry_after`, until `mend`. */
  limit(retryAfterSeconds: number): void;
  /** From now on only this token is known. */
  setToken(token: string): void;
}

interface World {
  readonly me: Params & { readonly id: number };
  readonly chats: ReadonlyMap<number, StandInChat>;
  readonly actions: { chatId: number; action: string; threadId?: number }[];
}

/**
 * A strict stand-in of the Bot API, down to its error texts (contracts, Telegram, sections 4.1 to 4.5). It sends nothing anywhere but to a
 * webhook that was set.
 */
export async function startTelegram(options: TelegramOptions = {}): Promise<Telegram> {
  const { botId = 4242, username = 'awoooi_bot', port, local = true, now = () => performance.now() } = options;
  const chats = new Map((options.chats ?? []).map(chat => [chat.id, chat]));
  const world: World = { me: { id: botId, is_bot: true, first_name: 'awoooi', username }, chats, actions: [] };
  let token = options.token ?? '4242:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';

  const flood = floodControl(now);
  const posted = messages(
    params => chatIn(chats, params),
    chat => flood.count(chat),
  );
  const incoming = updates({ local, post: postUpdate });
  const methods: Readonly<Record<string, Method>> = { ...aboutChats(world), ...posted.methods, ...incoming.methods };

  async function handle(request: Received): Promise<Reply> {
    if (request.path === '/') return { status: 200, body: pageOf(posted.standing()) };
    const [, given, name = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.path) ?? [];
    if (given === undefined || !/^\d+:/.test(decodeURIComponent(given))) return failure(404, 'Not Found');
    if (decodeURIComponent(given) !== token) return failure(401, 'Unauthorized');
    const method = methods[name.toLowerCase()];
    if (!method) return failure(404, 'Not Found');
    try {
      return await method(paramsOf(request));
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
    ...controls({ world, posted, incoming }),
    flood,
    setChat: chat => void chats.set(chat.id, chat),
    limit: seconds => {
      server.breakWith({
        is: 'answer',
        reply: failure(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds }),
      });
    },
    setToken: value => {
      token = value;
    },
    stop: async () => {
      incoming.close();
      await server.stop();
    },
  };
}

type Controls = Pick<Telegram, 'sent' | 'actions' | 'answers' | 'cards' | 'deleteMessage' | 'press' | 'expirePresses' | 'pendingUpdates'>;

function controls({ world, posted, incoming }: { world: World; posted: Messages; incoming: Updates }): Controls {
  return {
    sent: posted.sent,
    actions: world.actions,
    answers: incoming.answers,
    cards: () => posted.standing(),
    deleteMessage: (chatId, messageId) => posted.forget(chatId, messageId),
    press: ({ chatId, messageId, data, user }) => {
      const standing = posted.find(chatId, messageId);
      // A message that is gone or too old comes without its content, and with date 0.
      const message = {
        message_id: messageId,
        date: standing ? 1 : 0,
        chat: { id: chatId, type: world.chats.get(chatId)?.type ?? 'group' },
      };
      return incoming.add(callbackQuery(message, data, user));
    },
    expirePresses: () => incoming.expire(),
    pendingUpdates: () => incoming.pending(),
  };
}

function aboutChats({ me, chats, actions }: World): Readonly<Record<string, Method>> {
  return {
    getme: () => success({ ...me, can_join_groups: true }),
    getchat: params => {
      const { id, type, title } = readable(chatIn(chats, params));
      return success({ id, type, ...(title !== undefined && { title }) });
    },
    getchatmember: params => {
      const chat = chatIn(chats, params);
      if (Number(params['user_id']) !== me.id) throw badRequest('member not found');
      return success({ user: me, ...membership(chat) });
    },
    sendchataction: params => {
      const chat = writable(chatIn(chats, params));
      if (chat.type === 'channel') throw badRequest("chat actions can't be sent to channels");
      if (params['action'] !== 'typing') throw badRequest('wrong parameter action in request');
      actions.push({ chatId: chat.id, action: 'typing', ...thread(params, chat) });
      return success(true);
    },
  };
}

/** For people who look: what stands in the chats, the newest first. */
function pageOf(standing: readonly StandingMessage[]): string {
  return standing
    .map(shown)
    .toReversed()
    .join(`\n${'-'.repeat(60)}\n`);
}

function shown({ chatId, messageId, text, buttons }: StandingMessage): string {
  const keys = buttons.flat().map(button => `[ ${button.text} ]`);
  return `chat ${chatId}, message ${messageId}\n${text}\n${keys.join(' ')}\n`;
}
