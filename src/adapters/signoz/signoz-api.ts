import { PortError } from '../../domain/ports/port-error.ts';
import type { SignozCanaryRequest } from '../../domain/ports/signoz-channels.ts';
import { statusFault, wireError } from '../../domain/ports/wire-failure.ts';
import { parsedJson } from '../../domain/text/json.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { NetError } from '../../net/net-error.ts';
import type { OutgoingAnswer, OutgoingClient } from '../../net/outgoing.ts';
import { ErrorAnswer } from './schema.ts';

/** SigNoz gives up on a request after 60 s by itself (contracts/signoz.md, section 1.3). */
const DEADLINE_MS = 65_000;

export interface SignozCall {
  readonly method: 'GET' | 'POST';
  /** Below the connection's URL, for example `/api/v1/channels`. */
  readonly path: string;
  readonly body?: unknown;
  /** Masked in errors, besides the API key. */
  readonly secrets?: readonly string[];
}

export type SignozAnswer =
  | { readonly is: 'success'; readonly status: number; readonly body: unknown }
  /** SigNoz's own error envelope; the message is cleaned, masked and cut. */
  | { readonly is: 'error'; readonly status: number; readonly code: string; readonly message: string };

/**
 * One call to SigNoz's API. PortErrors: what goes wrong on the wire, 401, 403 and 429, and `unsupported` for an answer that is not the API's:
 * SigNoz's web UI answers unknown routes with 200 and HTML.
 */
export async function signozCall(
  client: OutgoingClient,
  { connection, call, signal }: { connection: SignozCanaryRequest['connection']; call: SignozCall; signal: AbortSignal },
): Promise<SignozAnswer> {
  const { url, apiKey, caBundle } = connection;
  const secrets = [apiKey, ...(call.secrets ?? [])];
  const answer = await sent(client, {
    method: call.method,
    // The connection may have a path of its own: SigNoz then has all its routes below it.
    url: `${url.replace(/\/+$/, '')}${call.path}`,
    // No Authorization beside it: that would win over the key.
    headers: { 'signoz-api-key': apiKey, ...(call.body !== undefined && { 'content-type': 'application/json' }) },
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    ...(caBundle !== undefined && { caBundle }),
    secrets,
    deadlineMs: DEADLINE_MS,
    signal,
  });
  const read = readAnswer(answer, `${call.method} ${call.path}`, secrets);
  const fault = read.is === 'error' ? statusFault(read.status) : undefined;
  if (read.is !== 'error' || fault === undefined || !SAME_EVERYWHERE.has(fault)) return read;
  throw apiError(read, answer);
}

/** Faults that mean the same whatever was called. */
const SAME_EVERYWHERE: ReadonlySet<string> = new Set(['unauthorized', 'forbidden', 'rate-limited']);

/** An error envelope as a PortError, for callers to whom it means nothing more. */
export function apiError(
  { status, message }: Extract<SignozAnswer, { is: 'error' }>,
  { headers }: Pick<OutgoingAnswer, 'headers'> = { headers: {} },
): PortError {
  const retryAfterMs = Number(headers['retry-after']) * 1000;
  const hint = status === 401 ? ': the API key is wrong or has expired' : status === 403 ? ': the API key needs the role editor' : '';
  return new PortError(statusFault(status) ?? 'malformed', `SigNoz answered ${status}, ${message}${hint}`, {
    statusCode: status,
    ...(retryAfterMs > 0 && { retryAfterMs }),
  });
}

async function sent(client: OutgoingClient, request: Parameters<OutgoingClient['send']>[0]): Promise<OutgoingAnswer> {
  try {
    return await client.send(request);
  } catch (err) {
    throw err instanceof NetError ? wireError(err) : err;
  }
}

function readAnswer({ status, headers, body }: OutgoingAnswer, asked: string, secrets: readonly string[]): SignozAnswer {
  if (status === 204) return { is: 'success', status, body: undefined };
  const parsed = parsedJson(body);
  const error = ErrorAnswer.safeParse(parsed);
  if (error.success) {
    const { code, message } = typeof error.data.error === 'string' ? { code: '', message: error.data.error } : error.data.error;
    return { is: 'error', status, code, message: excerpt(message, secrets) };
  }
  const isJson = parsed !== undefined && (headers['content-type'] ?? '').includes('json');
  if (status < 300 && isJson) return { is: 'success', status, body: parsed };
  throw notTheApi({ status, isJson, asked, shown: excerpt(body, secrets) });
}

function notTheApi({ status, isJson, asked, shown }: { status: number; isJson: boolean; asked: string; shown: string }): PortError {
  // A 401 of something in between is a wrong credential too; a 404 or a page with 200 is a wrong URL.
  const common = statusFault(status);
  const fault = common === undefined ? (isJson ? 'malformed' : 'unsupported') : status === 404 ? 'unsupported' : common;
  const hint = fault === 'unsupported' ? ', so its url is not that of a SigNoz API' : '';
  return new PortError(fault, `${asked} was answered ${status} with something that is not SigNoz's API${hint}: ${shown}`, {
    statusCode: status,
  });
}
