import { type Agent, type Dispatcher, request } from 'undici';
import { agentFor, connectionPool } from './agents.ts';
import {
  type KubeClient,
  KubeError,
  type KubeRequest,
  type KubeTexts,
  type TextRequest,
  type WatchEvent,
  type WatchRequest,
} from './client.ts';
import type { Credentials, Identity } from './credentials.ts';
import { deadline } from './deadline.ts';
import { type KeptText, keptEnd } from './kept-text.ts';
import { isStatusText, refusal } from './refusal.ts';
import { watchEvents } from './watch-stream.ts';

const DEADLINE_MS = 15_000;
const WATCH_START_MS = 30_000;
const READ_SHARE = 0.8;

export interface KubeClientOptions {
  readonly credentials: Credentials;
  readonly userAgent: string;
  /** For TCP and TLS together; 5 s unless told otherwise. */
  readonly connectMs?: number;
  /** How many requests are under way at most, watches apart; 16 unless told otherwise. Others wait for their turn. */
  readonly connections?: number;
}

/** A KubeClient over pooled HTTP/1.1. Every failure is a KubeError; an abort by the caller has the reason `Aborted`. */
export function kubeClient({ credentials, userAgent, connectMs = 5_000, connections = 16 }: KubeClientOptions): KubeClient & KubeTexts {
  const pool = connectionPool({ connectMs, connections });
  const link: Link = { server: credentials.server, userAgent };

  async function exchanged<T>(asked: Asked, read: (answer: Dispatcher.ResponseData, what: string) => Promise<T>): Promise<T> {
    const limit = deadline(asked.deadlineMs ?? DEADLINE_MS, asked.signal);
    const what = `${asked.method} ${asked.path}`;
    const call = (who: Identity) => answered(link, { who, agent: pool.agent(who.tls), asked, signal: limit.signal });
    const exchange = async (): Promise<T> => read(await withFreshIdentity(credentials, limit.signal, call), what);
    try {
      // Raced, not only signalled: undici hears of an abort only once the request has a connection to itself.
      return await limit.race(exchange());
    } catch (err) {
      throw asKubeError(what, err, { passed: limit.passed, aborted: asked.signal?.aborted ?? false });
    } finally {
      limit.clear();
    }
  }

  const send = (asked: KubeRequest): Promise<unknown> => exchanged(asked, async ({ body }, what) => bodyOf(what, await body.text()));

  function text({ keepBytes, ...asked }: TextRequest): Promise<KeptText> {
    // What has come is worth more than a deadline that is kept to the end.
    const withinMs = asked.deadlineMs * READ_SHARE;
    return exchanged({ ...asked, method: 'GET', accept: '*/*' }, async ({ body, statusCode }, what) => {
      const kept = await keptEnd(body, { keepBytes, withinMs });
      if (statusCode < 300 || !isStatusText(kept.text)) return kept;
      throw refusal(what, { status: statusCode, retryAfter: undefined, text: kept.text });
    });
  }

  async function* watch(asked: WatchRequest): AsyncGenerator<WatchEvent, void, undefined> {
    const what = `WATCH ${asked.path}`;
    const limit = deadline(Math.min(asked.idleMs, WATCH_START_MS), asked.signal);
    const agents = new Set<Agent>();
    const start = (who: Identity): Promise<Dispatcher.ResponseData> => {
      // Of its own, and never used again: a dead path cannot be picked up by the next watch.
      const agent = agentFor(who.tls, { connectMs, connections: 1 });
      agents.add(agent);
      return answered(link, { who, agent, asked: watching(asked), signal: asked.signal, idleMs: asked.idleMs });
    };
    try {
      const answer = await limit.race(withFreshIdentity(credentials, limit.signal, start));
      limit.clear();
      asked.granted?.();
      yield* watchEvents(answer.body, what);
    } catch (err) {
      throw asKubeError(what, err, { passed: limit.passed, aborted: asked.signal.aborted });
    } finally {
      limit.clear();
      await Promise.all([...agents].map(agent => agent.destroy()));
    }
  }

  return { request: send, text, watch, close: () => pool.close() };
}

interface Link {
  readonly server: string;
  readonly userAgent: string;
}

type Asked = KubeRequest & Pick<TextRequest, 'also'> & { readonly accept?: string };

interface Call {
  readonly who: Identity;
  readonly agent: Agent;
  readonly asked: Asked;
  readonly signal: AbortSignal;
  /** For a stream: how long it may be silent. */
  readonly idleMs?: number;
}

function watching({ path, query }: WatchRequest): KubeRequest {
  return { method: 'GET', path, query: { ...query, watch: 'true' } };
}

/** A 401 is tried once more where reading the credentials again brings others: the server has not acted on the first try. */
async function withFreshIdentity<T>(credentials: Credentials, signal: AbortSignal, call: (who: Identity) => Promise<T>): Promise<T> {
  const who = await credentials.current();
  signal.throwIfAborted();
  try {
    return await call(who);
  } catch (err) {
    if (!(err instanceof KubeError) || err.status !== 401) throw err;
    const fresh = await credentials.current(who);
    signal.throwIfAborted();
    if (fresh === who) throw err;
    return call(fresh);
  }
}

async function answered(link: Link, call: Call): Promise<Dispatcher.ResponseData> {
  const { asked, who, agent, signal, idleMs } = call;
  const url = new URL(link.server + asked.path);
  for (const [name, value] of Object.entries(asked.query ?? {})) url.searchParams.set(name, value);
  const answer = await request(url, {
    dispatcher: agent,
    method: asked.method,
    signal,
    headers: headersFor(asked, { 'user-agent': link.userAgent, ...who.headers }),
    ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
    ...(idleMs !== undefined && { bodyTimeout: idleMs }),
  });
  if ((answer.statusCode >= 200 && answer.statusCode < 300) || asked.also?.includes(answer.statusCode)) return answer;
  const retryAfter = answer.headers['retry-after'];
  throw refusal(`${asked.method} ${asked.path}`, {
    status: answer.statusCode,
    retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
    text: await answer.body.text(),
  });
}

function headersFor(asked: Asked, headers: Record<string, string>): Record<string, string> {
  const type = asked.patchType ?? 'application/json';
  return { accept: asked.accept ?? 'application/json', ...headers, ...(asked.body !== undefined && { 'content-type': type }) };
}

function bodyOf(what: string, text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (err) {
    throw new KubeError(`${what} was answered with something that is not JSON`, { reason: 'Malformed', cause: err });
  }
}

const TIMEOUT_CODES: ReadonlySet<unknown> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

function asKubeError(what: string, err: unknown, facts: { passed: boolean; aborted: boolean }): KubeError {
  if (err instanceof KubeError) return err;
  if (facts.aborted) return new KubeError(`${what} was given up by its caller`, { reason: 'Aborted', cause: err });
  if (facts.passed) return new KubeError(`${what} had no answer before its deadline`, { reason: 'Timeout', cause: err });
  const code = err instanceof Error && 'code' in err ? err.code : undefined;
  if (TIMEOUT_CODES.has(code)) return new KubeError(`${what} timed out (${String(code)})`, { reason: 'Timeout', cause: err });
  const why = err instanceof Error ? err.message || String(code) : String(err);
  return new KubeError(`${what} got no answer: ${why}`, { reason: 'Unreachable', cause: err });
}
