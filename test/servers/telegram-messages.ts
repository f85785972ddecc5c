import { isRecord } from '../../src/domain/text/json.ts';
import { badRequest, type Method, type Params, success } from './telegram-answers.ts';
import { type StandInChat, thread, writable } from './telegram-chats.ts';
import { checkedButtons, checkedText, type StandInButton } from './telegram-content.ts';

/** A message as it was sent. */
export interface SentMessage {
  readonly chatId: number;
  /** What people see: after the markup is parsed. */
  readonly text: string;
  readonly threadId?: number;
  readonly parseMode?: string;
  readonly replyTo?: number;
  readonly quiet?: true;
}

/** A message as it stands in its chat now. */
export interface StandingMessage extends SentMessage {
  readonly messageId: number;
  readonly buttons: readonly (readonly StandInButton[])[];
  /** How often it was changed. */
  readonly edits: number;
}

const NOT_MODIFIED =
  'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message';

export interface Messages {
  readonly sent: readonly SentMessage[];
  readonly methods: Readonly<Record<string, Method>>;
  /** What stands in the chats, in the order it was sent. */
  standing(): readonly StandingMessage[];
  find(chatId: number, messageId: number): StandingMessage | undefined;
  forget(chatId: number, messageId: number): void;
}

const key = (chatId: number, messageId: unknown): string => `${chatId} ${Number(messageId)}`;

/** Sending, editing and deleting. `counted` is told of each that goes through the checks, and may refuse it. */
export function messages(chatOf: (params: Params) => StandInChat, counted: (chat: StandInChat) => void): Messages {
  const sent: SentMessage[] = [];
  const standing = new Map<string, StandingMessage>();
  const source = new Map<string, string>();

  const replyTo = ({ reply_parameters: reply }: Params, chatId: number): { replyTo?: number } => {
    if (!isRecord(reply)) return {};
    if (standing.has(key(chatId, reply['message_id']))) return { replyTo: Number(reply['message_id']) };
    if (reply['allow_sending_without_reply'] === true) return {};
    throw badRequest('message to be replied not found');
  };

  return {
    sent,
    methods: {
      sendmessage: params => {
        const chat = writable(chatOf(params));
        const { text, ...mode } = checkedText(params);
        const buttons = checkedButtons(params);
        const quiet = params['disable_notification'] === true && ({ quiet: true } as const);
        const message = { chatId: chat.id, text, ...mode, ...thread(params, chat), ...replyTo(params, chat.id), ...quiet };
        counted(chat);
        sent.push(message);
        const messageId = sent.length;
        standing.set(key(chat.id, messageId), { ...message, messageId, buttons, edits: 0 });
        source.set(key(chat.id, messageId), JSON.stringify([params['text'], mode]));
        return success(onWire(chat, messageId, message));
      },
      editmessagetext: params => {
        const chat = writable(chatOf(params));
        const at = key(chat.id, params['message_id']);
        const before = standing.get(at);
        if (!before) throw badRequest('message to edit not found');
        const { text, ...mode } = checkedText(params);
        const buttons = checkedButtons(params);
        const content = JSON.stringify([params['text'], mode]);
        counted(chat);
        if (content === source.get(at) && JSON.stringify(buttons) === JSON.stringify(before.buttons)) throw badRequest(NOT_MODIFIED);
        const { parseMode: _, ...rest } = before;
        const after = { ...rest, text, ...mode, buttons, edits: before.edits + 1 };
        standing.set(at, after);
        source.set(at, content);
        return success(onWire(chat, before.messageId, after));
      },
      deletemessage: params => {
        const chat = writable(chatOf(params));
        if (!standing.delete(key(chat.id, params['message_id']))) throw badRequest('message to delete not found');
        return success(true);
      },
    },
    standing: () => [...standing.values()],
    find: (chatId, messageId) => standing.get(key(chatId, messageId)),
    forget: (chatId, messageId) => void standing.delete(key(chatId, messageId)),
  };
}

function onWire({ id, type }: StandInChat, messageId: number, { text, threadId }: SentMessage): Params {
  return { message_id: messageId, date: 1, chat: { id, type }, text, ...(threadId !== undefined && { message_thread_id: threadId }) };
}
