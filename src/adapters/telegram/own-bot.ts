import type { Api, ApiClientOptions, RawApi } from 'grammy';
import type { z } from 'zod';
import { PortError } from '../../domain/ports/port-error.ts';
import { wireError } from '../../domain/ports/wire-failure.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { failureOf } from '../../net/failure.ts';
import { faultOf, type Outcome, refusalError, TOKEN } from './bot-api.ts';

/** grammY's own type of signal, which no import names. */
type GrammySignal = NonNullable<Parameters<RawApi['getMe']>[0]>;

export interface OwnBotOptions {
  /** Asked at each call, so that a token which was replaced counts without a restart. */
  readonly token: () => string;
  readonly apiRoot: string;
  /** Of one call; 10 s. */
  readonly deadlineMs?: number;
}

/** One method of the Bot API. */
export interface Asked<T> {
  readonly method: string;
  perform(api: RawApi, signal: GrammySignal): Promise<unknown>;
  readonly result: z.ZodType<T>;
  /** In place of the bot's own. */
  readonly deadlineMs?: number;
}

export interface OwnBot {
  /** What Telegram refuses is an outcome; whatever else goes wrong is a PortError. No error holds the token. */
  ask<T>(asked: Asked<T>, signal: AbortSignal): Promise<Outcome<T>>;
  /** The result; a refusal is a PortError too. */
  done<T>(asked: Asked<T>, signal: AbortSignal): Promise<T>;
}

const DEADLINE_MS = 10_000;
const MOST_BYTES = 8 * 1024 * 1024;
/** Beyond every deadline of ours: those end a call. */
const BACKSTOP_SECONDS = 120;

/** The operator's own bot, by grammY; which is loaded at the first call only (ADR 0011). */
export function ownBot({ token, apiRoot, deadlineMs = DEADLINE_MS }: OwnBotOptions): OwnBot {
  const options: ApiClientOptions = {
    apiRoot: apiRoot.replace(/\/+$/, ''),
    timeoutSeconds: BACKSTOP_SECONDS,
    // A redirect would carry the token, which is in the path, to wherever it leads.
    baseFetchConfig: { redirect: 'error', size: MOST_BYTES },
  };
  let known: { readonly token: string; readonly api: Api } | undefined;

  /** Not its `raw`: that answers to any name, and so would be taken for a promise. */
  async function apiOf(secret: string): Promise<Api> {
    if (known?.token === secret) return known.api;
    const { Api } = await import('grammy');
    known = { token: secret, api: new Api(secret, options) };
    return known.api;
  }

  async function ask<T>(asked: Asked<T>, signal: AbortSignal): Promise<Outcome<T>> {
    const secret = token();
    // Before it becomes part of a path: another shape can be no token, and could lead elsewhere.
    if (!TOKEN.test(secret)) throw new PortError('unauthorized', 'the bot token is not of the form 123456:ABC-DEF; see TG_BOT_TOKEN');
    const within = AbortSignal.any([signal, AbortSignal.timeout(asked.deadlineMs ?? deadlineMs)]);
    const api = await apiOf(secret);
    const answer = await asked.perform(api.raw, grammySignal(within)).then(
      result => ({ result }),
      async (err: unknown) => ({ refused: await refusedOf(err, { asked, secret, isOver: within.aborted }) }),
    );
    if ('refused' in answer) return answer.refused;
    const value = asked.result.safeParse(answer.result);
    if (value.success) return { is: 'done', result: value.data };
    throw new PortError('malformed', `Telegram's answer to ${asked.method} is not what the Bot API promises`);
  }

  return {
    ask,
    async done(asked, signal) {
      const outcome = await ask(asked, signal);
      if (outcome.is === 'done') return outcome.result;
      throw refusalError(outcome, asked.method, token());
    },
  };
}

interface Failed {
  readonly asked: Pick<Asked<unknown>, 'method'>;
  readonly secret: string;
  readonly isOver: boolean;
}

/** Throws a PortError for what is no refusal of Telegram's. */
async function refusedOf(err: unknown, { asked: { method }, secret, isOver }: Failed): Promise<Outcome<never>> {
  const { GrammyError, HttpError } = await import('grammy');
  if (err instanceof GrammyError && Number.isInteger(err.error_code)) {
    const { error_code: statusCode, description, parameters } = err;
    const { retry_after: retryAfter = 0, migrate_to_chat_id: migratedTo } = parameters;
    return {
      is: 'refused',
      fault: faultOf(statusCode),
      statusCode,
      description,
      ...(retryAfter > 0 && { retryAfterMs: retryAfter * 1000 }),
      ...(migratedTo !== undefined && { migrateToChatId: String(migratedTo) }),
    };
  }
  throw wireFailure(err instanceof HttpError ? err.error : err, { method, secret, isOver });
}

/** node-fetch names by `type` what no code tells. */
function wireFailure(err: unknown, { method, secret, isOver }: { method: string; secret: string; isOver: boolean }): PortError {
  if (isOver) return new PortError('unreachable', `Telegram did not answer ${method} in time`, { detail: 'timed-out' });
  const type = err instanceof Error && 'type' in err ? err.type : undefined;
  if (type === 'no-redirect') {
    return new PortError('rejected', `${method} was answered with a redirect: give the URL that it leads to as TG_API_ROOT`, {
      detail: 'redirected',
    });
  }
  if (type === 'max-size') return new PortError('malformed', `the answer to ${method} is too long`, { detail: 'too-large' });
  if (type === 'system') return wireError(failureOf(err, method, [secret]));
  // A proxy's page of an error, as good as always.
  const said = excerpt(err instanceof Error ? err.message : String(err), [secret]);
  return new PortError('unavailable', `${method} was answered by something that is not the Bot API: ${said}`);
}

/** Node's signals are fit for grammY, though its types are those of another package. */
function grammySignal(signal: AbortSignal): GrammySignal {
  if (isGrammySignal(signal)) return signal;
  throw new TypeError('a signal of Node is not what grammY takes');
}

/** What grammY itself asks of a signal. */
function isGrammySignal(signal: object): signal is GrammySignal {
  return 'aborted' in signal && 'addEventListener' in signal && 'removeEventListener' in signal;
}
