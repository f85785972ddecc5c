import type { HttpAnswer, HttpExchange } from '../domain/ports/http-target.ts';
import type { HopCause } from '../domain/chain/hop-result.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { excerpt } from '../domain/text/excerpt.ts';
import { isRecord, parsedJson } from '../domain/text/json.ts';
import { HopFailure, portFailure } from './failure.ts';
import type { HopContext } from './hop.ts';
import { authorization } from './secrets.ts';

export interface TargetCall {
  readonly method: 'GET' | 'POST';
  /** Below the target's URL, which may have a path of its own: `/api/v1/health`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent byte for byte, as JSON. */
  readonly body?: string;
}

/** An answer with what is needed to speak of it. */
export interface TargetAnswer extends HttpAnswer {
  /** `GET http://api/api/v1/health`: without user information and query. */
  readonly where: string;
  /** The body, or another text out of it, fit for a message. */
  show(text?: string): string;
}

/** Calls the probe's target with its credentials. Resolves with whatever status came but 3xx; no answer ends the hop. */
export async function callTarget(call: TargetCall, ctx: HopContext): Promise<TargetAnswer> {
  const url = targetUrl(call, ctx);
  const { secrets } = ctx.ports;
  const auth = await authorization(ctx.request.spec.target?.auth, { secrets, namespace: ctx.request.namespace, signal: ctx.signal });
  const exchange: HttpExchange = {
    method: call.method,
    url: url.href,
    headers: { ...(call.body !== undefined && { 'content-type': 'application/json' }), ...auth.headers, ...call.headers },
    secrets: auth.secrets,
    deadlineMs: Math.max(1, Math.ceil(ctx.timeoutMs - ctx.elapsedMs())),
    ...(call.body !== undefined && { body: call.body }),
  };
  const answer = await sent(exchange, ctx);
  const show = (text = answer.body): string => excerpt(text, auth.secrets);
  return { ...answer, where: `${call.method} ${url.origin}${url.pathname}`, show };
}

function targetUrl({ path }: TargetCall, { request }: HopContext): URL {
  const { target } = request.spec;
  if (!target) throw new HopFailure({ cause: 'NotConfigured', message: 'The probe has no target: set spec.target.url.' });
  const url = URL.parse(target.url);
  if (!url) throw new HopFailure({ cause: 'NotConfigured', message: 'spec.target.url is not a URL that can be called.' });
  // A base path and a query stay: the API may live below a prefix or want a key there.
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  return url;
}

async function sent(exchange: HttpExchange, { ports, signal }: HopContext): Promise<HttpAnswer> {
  try {
    return await ports.http.send(exchange, signal);
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    const failure = portFailure(err);
    const hint = HINTS[failure.cause];
    throw new HopFailure(hint === undefined ? failure : { ...failure, message: `${failure.message}. ${hint}` }, { cause: err });
  }
}

const HINTS: Readonly<Partial<Record<HopCause, string>>> = {
  NameNotResolved: 'Check spec.target.url and whether the Service exists.',
  Unreachable: 'Check spec.target.url, whether anything listens there, and the network policies.',
  TimedOut: 'The target is too slow or drops what it gets; spec.timeout or the hop’s timeout allow more.',
  AddressDenied: 'The operator may not call this address; its deny list can be loosened in its configuration.',
};

/** Ends the hop unless the answer has this status: credentials, rate limits and wrong paths each by their own name. */
export function requireStatus(answer: TargetAnswer, expected: number): void {
  const { status, where, latencyMs } = answer;
  if (status === expected) return;
  const { cause, hint } = STATUSES.get(status) ?? { cause: 'BadStatus', hint: '' };
  const shown = answer.show();
  const said = shown === '' ? '' : `: ${shown}`;
  const message = `${where} answered ${status} instead of ${expected}${said}${hint && `. ${hint}`}`;
  throw new HopFailure({ cause, message, statusCode: status, latencyMs });
}

const STATUSES: ReadonlyMap<number, { readonly cause: HopCause; readonly hint: string }> = new Map([
  [401, { cause: 'Unauthorized', hint: 'Check the credentials of spec.target.auth.' }],
  [403, { cause: 'Forbidden', hint: 'The credentials are known but may not do this.' }],
  [404, { cause: 'BadStatus', hint: 'Nothing serves this path: alerts sent to it are lost.' }],
  [429, { cause: 'RateLimited', hint: '' }],
]);

/** The body as a JSON object; anything else ends the hop. */
export function jsonObject(answer: TargetAnswer): Readonly<Record<string, unknown>> {
  const value = parsedJson(answer.body);
  if (isRecord(value)) return value;
  throw badAnswer(answer, 'which is not a JSON object');
}

/** The hop's end by a body that is not what was asked for; `complaint` ends the sentence "… answered 200 with a body". */
export function badAnswer(answer: TargetAnswer, complaint: string): HopFailure {
  const { status: statusCode, latencyMs, where } = answer;
  const message = `${where} answered ${statusCode} with a body ${complaint}: ${answer.show() || '(empty)'}`;
  return new HopFailure({ cause: 'BadAnswer', message, statusCode, latencyMs });
}
