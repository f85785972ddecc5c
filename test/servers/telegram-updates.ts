import { badRequest, type Method, type Params, Refusal, success } from './telegram-answers.ts';
import { isRecord } from '../../src/domain/text/json.ts';
import { checkedWebhook, type WebhookPost } from './telegram-webhook.ts';

interface Update extends Params {
  readonly update_id: number;
}

const LONGEST_POLL_S = 50;
const TERMINATED = 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
const WEBHOOK_ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const TOO_OLD = 'query is too old and response timeout expired or query ID is invalid';

export interface Presser {
  readonly id: number;
  readonly username?: string;
  readonly first_name?: string;
}

export interface Updates {
  readonly methods: Readonly<Record<string, Method>>;
  /** What presses were answered. */
  readonly answers: readonly { readonly id: string; readonly text?: string }[];
  /** Updates that were confirmed by nobody yet. */
  pending(): number;
  add(callbackQuery: Params): string;
  /** From now on earlier presses can no longer be answered. */
  expire(): void;
  /** Ends every long poll at once. */
  close(): void;
}

/** Updates, by long polling or webhook (contracts, section 4.4). */
export function updates({ local, post }: { local: boolean; post: WebhookPost }): Updates {
  const queue: Update[] = [];
  const answers: { id: string; text?: string }[] = [];
  const answerable = new Set<string>();
  let poll: { finish(result: Update[] | Refusal): void } | undefined;
  let webhook: { url: string; secret?: string; allowed?: unknown } | undefined;
  let lastError: Params = {};
  let nextId = 1;
  let delivering = false;

  /** In order, each until it is taken; ends when the webhook goes. */
  async function deliver(): Promise<void> {
    if (delivering) return;
    delivering = true;
    for (;;) {
      const [update] = queue;
      if (!webhook || !update) break;
      const problem = await post(webhook, update);
      if (problem === undefined) queue.shift();
      else lastError = { last_error_date: Math.floor(Date.now() / 1000), last_error_message: problem };
    }
    delivering = false;
  }

  function getUpdates({ offset = 0, limit = 100, timeout = 0 }: Params): Promise<Update[]> {
    if (webhook) throw new Refusal(409, WEBHOOK_ACTIVE);
    poll?.finish(new Refusal(409, TERMINATED));
    const confirmed = queue.findIndex(({ update_id: id }) => id >= Number(offset));
    queue.splice(0, confirmed === -1 ? queue.length : confirmed);
    const ready = (): Update[] => queue.slice(0, Number(limit));
    if (queue.length > 0 || Number(timeout) === 0) return Promise.resolve(ready());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => mine.finish([]), Math.min(Number(timeout), LONGEST_POLL_S) * 1000);
      const mine = {
        finish(result: Update[] | Refusal) {
          clearTimeout(timer);
          if (poll === mine) poll = undefined;
          if (result instanceof Refusal) reject(result);
          else resolve(result);
        },
      };
      poll = mine;
    });
  }

  return {
    answers,
    pending: () => queue.length,
    add(query) {
      const id = String(4_000_000_000 + nextId);
      answerable.add(id);
      queue.push({ update_id: 100 + nextId++, callback_query: { id, chat_instance: '1', ...query } });
      poll?.finish([...queue]);
      void deliver();
      return id;
    },
    expire: () => answerable.clear(),
    close: () => {
      webhook = undefined;
      poll?.finish([]);
    },
    methods: {
      getupdates: async params => success(await getUpdates(params)),
      answercallbackquery: ({ callback_query_id: id, text }) => {
        if (typeof id !== 'string' || !answerable.has(id)) throw badRequest(TOO_OLD);
        if (typeof text === 'string' && Array.from(text).length > 200) throw badRequest('MESSAGE_TOO_LONG');
        answers.push({ id, ...(typeof text === 'string' && { text }) });
        return success(true);
      },
      setwebhook: params => {
        if (params['url'] === '' || params['url'] === undefined) webhook = undefined;
        else webhook = checkedWebhook(params, local);
        poll?.finish(new Refusal(409, 'Conflict: terminated by setWebhook request'));
        void deliver();
        return success(true);
      },
      deletewebhook: ({ drop_pending_updates: drop }) => {
        webhook = undefined;
        if (drop === true) queue.length = 0;
        return success(true);
      },
      getwebhookinfo: () =>
        success({
          url: webhook?.url ?? '',
          has_custom_certificate: false,
          pending_update_count: queue.length,
          ...(webhook && { max_connections: 40, ...lastError }),
          ...(Array.isArray(webhook?.allowed) && { allowed_updates: webhook.allowed }),
        }),
    },
  };
}

/** The callback query of a press on a message. */
export function callbackQuery(message: Params | undefined, data: string, user: Presser): Params {
  const from = { is_bot: false, first_name: 'Someone', ...user };
  return { from, data, ...(isRecord(message) && { message }) };
}
