import type { z } from 'zod';
import { type Fault, PortError } from '../../domain/ports/port-error.ts';
import type { TelegramBotConnection } from '../../domain/ports/telegram-bot.ts';
import { wireError } from '../../domain/ports/wire-failure.ts';
import { parsedJson } from '../../domain/text/json.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { NetError } from '../../net/net-error.ts';
import type { OutgoingAnswer, OutgoingClient } from '../../net/outgoing.ts';
import { BotApiAnswer } from './schema.ts';

const DEADLINE_MS = 10_000;
/** What a token looks like. */
export const TOKEN = /^\d+:[\w-]+$/;

/** A call that Telegram answered with an error. */
export interface Refused {
  readonly fault: Fault;
  readonly statusCode: number;
  readonly description: string;
  readonly retryAfterMs?: number;
  readonly migrateToChatId?: string;
}

export type Outcome<T> = { readonly is: 'done'; readonly result: T } | ({ readonly is: 'refused' } & Refused);

export interface Call<T> {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result: z.ZodType<T>;
}

export interface CallContext {
  readonly client: OutgoingClient;
  readonly bot: TelegramBotConnection;
  readonly signal: AbortSignal;
}

/** One method of the Bot API. What Telegram refuses is an outcome; whatever else goes wrong is a PortError, and no error holds the token. */
export async function call<T>({ method, params = {}, result }: Call<T>, context: CallContext): Promise<Outcome<T>> {
  const answer = await sent(method, params, context);
  const parsed = BotApiAnswer.safeParse(parsedJson(answer.body));
  if (!parsed.success) throw notTelegram(answer, method, context.bot);
  if (!parsed.data.ok) return { is: 'refused', ...refused(parsed.data, answer) };
  const value = result.safeParse(parsed.data.result);
  if (value.success) return { is: 'done', result: value.data };
  throw new PortError('malformed', `Telegram's answer to ${method} is not what the Bot API promises`, { statusCode: answer.status });
}

async function sent(
  method: string,
  params: Readonly<Record<string, unknown>>,
  { client, bot, signal }: CallContext,
): Promise<OutgoingAnswer> {
  // Before it becomes part of a path: another shape can be no token, and could lead elsewhere.
  if (!TOKEN.test(bot.token)) throw new PortError('unauthorized', 'the bot token is not of the form 123456:ABC-DEF');
  try {
    return await client.send({
      method: 'POST',
      url: `${bot.apiRoot.replace(/\/+$/, '')}/bot${bot.token}/${method}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
      secrets: [bot.token],
      deadlineMs: DEADLINE_MS,
      signal,
    });
  } catch (err) {
    throw err instanceof NetError ? wireError(err) : err;
  }
}

type ErrorAnswer = Extract<z.infer<typeof BotApiAnswer>, { ok: false }>;

function refused({ error_code: statusCode, description, parameters = {} }: ErrorAnswer, { headers }: OutgoingAnswer): Refused {
  const { retry_after: retryAfter = Number(headers['retry-after']), migrate_to_chat_id: migratedTo } = parameters;
  return {
    fault: faultOf(statusCode),
    statusCode,
    description,
    ...(retryAfter > 0 && { retryAfterMs: retryAfter * 1000 }),
    ...(migratedTo !== undefined && { migrateToChatId: String(migratedTo) }),
  };
}

/** 404 is an unknown token here, not an absent thing: the token is part of the path. */
export function faultOf(statusCode: number): Fault {
  if (statusCode === 401 || statusCode === 404) return 'unauthorized';
  if (statusCode === 403) return 'forbidden';
  if (statusCode === 429) return 'rate-limited';
  return statusCode >= 500 ? 'unavailable' : 'rejected';
}

/** A refusal as an error: Telegram's own words, and what to do where they do not say it. */
export function refusalError(refusal: Refused, method: string, token: string): PortError {
  const { fault, statusCode, description, retryAfterMs, migrateToChatId } = refusal;
  const hint =
    fault === 'unauthorized'
      ? ': Telegram does not know this bot token'
      : migrateToChatId
        ? `: the chat's id is now ${migrateToChatId}`
        : '';
  const message = `Telegram answered ${method} with ${statusCode}, ${excerpt(description, [token])}${hint}`;
  return new PortError(fault, message, { statusCode, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

function notTelegram({ status, body }: OutgoingAnswer, method: string, { token }: TelegramBotConnection): PortError {
  const fault = status >= 500 ? 'unavailable' : 'malformed';
  return new PortError(fault, `${method} was answered ${status} by something that is not the Bot API: ${excerpt(body, [token])}`, {
    statusCode: status,
  });
}
