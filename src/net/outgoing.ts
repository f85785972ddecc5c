import { createHash } from 'node:crypto';
import { Agent, type Dispatcher } from 'undici';
import { ALWAYS_DENIED, addressRules, type IsDenied } from './address-rules.ts';
import { withDeadline } from './deadline.ts';
import { failureOf } from './failure.ts';
import { addressesOf, guardedConnector } from './guarded-connector.ts';
import { NetError } from './net-error.ts';
import { prepared } from './prepared.ts';

export interface OutgoingOptions {
  /** Denied besides ALWAYS_DENIED, for example the API server as `10.96.0.1:443`. Forms: see address-rules.ts. */
  readonly deny?: readonly string[];
  /** Allowed whatever is denied. */
  readonly allow?: readonly string[];
  /** For a call that sets none; 10 s. */
  readonly deadlineMs?: number;
  /** 5 s. */
  readonly connectTimeoutMs?: number;
  /** For a call that sets none: a longer answer is `too-large` and is not read on; 1 MiB. */
  readonly maxAnswerBytes?: number;
}

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** http or https. Userinfo in it is sent as Basic authorization. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Masked in every error text, besides the Authorization header, URL userinfo and bot tokens, which always are. */
  readonly secrets?: readonly string[];
  /** Connect to this literal address whatever the name resolves to; Host and SNI keep the URL's name. */
  readonly address?: string;
  /** PEM; then only these authorities are trusted for this call. */
  readonly caBundle?: string;
  /** From the call to the last byte of the answer, name resolution and connecting included. */
  readonly deadlineMs?: number;
  readonly maxAnswerBytes?: number;
  readonly signal?: AbortSignal;
  /**
   * For answers too long to hold: asked once their head is there. What it returns is given the body piece by piece as it comes, each waited for
   * before the next, and the answer's `body` is then empty; where it returns nothing, the body is read as ever. It must not throw.
   */
  readonly inPieces?: (head: AnswerHead) => TakePiece | undefined;
}

export type AnswerHead = Pick<OutgoingAnswer, 'status' | 'headers'>;
type TakePiece = (piece: Uint8Array) => Promise<void>;

export interface OutgoingAnswer {
  /** Never 3xx: that is NetError('redirected'). */
  readonly status: number;
  /** Lower-case names; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly latencyMs: number;
}

/** The one outgoing HTTP client. Every failure is a NetError; nothing is retried and no redirect is followed. */
export interface OutgoingClient {
  send(request: OutgoingRequest): Promise<OutgoingAnswer>;
  /** Every address the name resolves to, without repeats; a literal address is itself. NetError('name-not-resolved'). */
  resolve(host: string, signal?: AbortSignal): Promise<string[]>;
  /** Ends every connection at once, also those with a call under way. */
  close(): Promise<void>;
}

export interface GuardedClient extends OutgoingClient {
  /** Denies these besides, in place of what an earlier call named, from the next connection on. */
  denyBesides(entries: readonly string[]): void;
}

/** Agents for different authorities or pinned addresses, at most this many at a time; the one unused longest goes first. */
const MAX_AGENTS = 64;

export function outgoingClient(options: OutgoingOptions = {}): GuardedClient {
  const rules = replaceableRules(options);
  const agents = agentPool(options, rules.isDenied);
  const deadlineMs = options.deadlineMs ?? 10_000;

  return {
    async send(request) {
      const call = prepared(request);
      const startedAt = performance.now();
      try {
        return await withDeadline({ deadlineMs: request.deadlineMs ?? deadlineMs, signal: request.signal }, async signal => {
          const { statusCode, headers, body } = await agents.of(request).request({ ...call.dispatch, signal });
          if (statusCode >= 300 && statusCode < 400) {
            body.on('error', () => {}).destroy();
            throw redirected(statusCode, headers['location']);
          }
          const head = { status: statusCode, headers: flat(headers) };
          const take = request.inPieces?.(head);
          const text = take ? await givenAway(body, take) : await body.text();
          return { ...head, body: text, latencyMs: performance.now() - startedAt };
        });
      } catch (err) {
        throw failureOf(err, call.where, call.secrets);
      }
    },

    async resolve(host, signal) {
      try {
        return await withDeadline({ deadlineMs, signal }, () => addressesOf(host));
      } catch (err) {
        throw failureOf(err, host, []);
      }
    },

    close: () => agents.close(),
    denyBesides: rules.denyBesides,
  };
}

function replaceableRules({ deny = [], allow = [] }: OutgoingOptions): { isDenied: IsDenied } & Pick<GuardedClient, 'denyBesides'> {
  const rules = (besides: readonly string[]): IsDenied => addressRules({ deny: [...ALWAYS_DENIED, ...deny, ...besides], allow });
  let current = rules([]);
  return {
    isDenied: (address, port) => current(address, port),
    denyBesides(entries) {
      current = rules(entries);
    },
  };
}

async function givenAway(body: AsyncIterable<Uint8Array>, take: TakePiece): Promise<string> {
  for await (const piece of body) await take(piece);
  return '';
}

function redirected(status: number, location: string | string[] | undefined): NetError {
  const to = location === undefined ? '' : ` to ${String(location)}`;
  return new NetError(
    'redirected',
    `answered ${status}, a redirect${to}, and redirects are not followed: give the URL it leads to`,
    status,
  );
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

function agentPool(options: OutgoingOptions, isDenied: IsDenied): { of(request: OutgoingRequest): Dispatcher; close(): Promise<void> } {
  const agents = new Map<string, Agent>();

  const longestOf = ({ maxAnswerBytes = options.maxAnswerBytes ?? 1024 * 1024 }: OutgoingRequest): number => maxAnswerBytes;

  const fresh = ({ address, caBundle, ...request }: OutgoingRequest): Agent =>
    new Agent({
      connect: guardedConnector({
        isDenied,
        connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
        ...(address !== undefined && { address }),
        ...(caBundle !== undefined && { caBundle }),
      }),
      connections: 128,
      // Short on purpose: the hops of one run share a connection, and the next run proves name, route and certificate anew.
      keepAliveTimeout: 1_000,
      keepAliveMaxTimeout: 1_000,
      maxResponseSize: longestOf(request),
      // The call's own deadline covers these.
      headersTimeout: 0,
      bodyTimeout: 0,
    });

  return {
    of(request) {
      const ca = request.caBundle === undefined ? '' : createHash('sha256').update(request.caBundle).digest('base64');
      const key = `${request.address ?? ''} ${ca} ${longestOf(request)}`;
      const agent = agents.get(key) ?? fresh(request);
      agents.delete(key);
      agents.set(key, agent);
      const [oldest] = agents;
      if (agents.size > MAX_AGENTS && oldest) {
        agents.delete(oldest[0]);
        oldest[1].close().catch(() => {});
      }
      return agent;
    },
    async close() {
      await Promise.all([...agents.values()].map(agent => agent.destroy()));
      agents.clear();
    },
  };
}
