import { retryAfterMs } from '../../domain/delivery/retry-after.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { SentryIssueRef } from '../../domain/ports/sentry.ts';
import { statusFault, wireError } from '../../domain/ports/wire-failure.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { parsedJson } from '../../domain/text/json.ts';
import { NetError } from '../../net/net-error.ts';
import type { OutgoingAnswer, OutgoingClient } from '../../net/outgoing.ts';
import { ErrorAnswer } from './schema.ts';

export interface SentryConnection {
  /** May have a path of its own: Sentry then has all its routes below it. */
  readonly url: string;
  /** Needed for the list of issues alone; an issue names its own. */
  readonly org?: string;
  /** Read at each call, for it may be rotated. */
  token(): string | undefined;
  now(): Date;
}

export interface SentryCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the connection's URL; Sentry's routes end in a slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface SentryAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** What Sentry says is wrong, cleaned and cut. */
  readonly detail: string;
}

const DEADLINE_MS = 20_000;
/** An id or a slug, which becomes part of a path: `..` would lead elsewhere. */
const PATH_PART = /^[A-Za-z0-9][\w-]{0,99}$/;

/** The comments of an issue; of one whose organization is unknown by the legacy path. */
export function notesPath({ org, issueId }: SentryIssueRef, noteId?: string): string {
  const note = noteId === undefined ? '' : `${part(noteId, 'a comment')}/`;
  const issue = `issues/${part(issueId, 'an issue')}/comments/${note}`;
  return org === undefined ? `/api/0/${issue}` : `/api/0/organizations/${part(org, 'an organization')}/${issue}`;
}

export function issuesPath(org: string): string {
  return `/api/0/organizations/${part(org, 'an organization')}/issues/`;
}

function part(text: string, what: string): string {
  if (PATH_PART.test(text)) return text;
  throw new PortError('rejected', `${excerpt(text, [], 60)} is no id of ${what} in Sentry`);
}

/** One call to Sentry's API. PortErrors: what goes wrong on the wire, 401, 403, 410, 429 and 5xx. Other refusals are answers. */
export async function sentryCall(
  client: OutgoingClient,
  { connection, call, signal }: { connection: SentryConnection; call: SentryCall; signal: AbortSignal },
): Promise<SentryAnswer> {
  const token = connection.token();
  if (token === undefined) throw new PortError('unauthorized', 'there is no token for Sentry: set SENTRY_API_TOKEN');
  const query = call.query ? `?${new URLSearchParams(call.query).toString()}` : '';
  const answer = await sent(client, {
    method: call.method,
    url: `${connection.url.replace(/\/+$/, '')}${call.path}${query}`,
    headers: { authorization: `Bearer ${token}`, ...(call.body !== undefined && { 'content-type': 'application/json' }) },
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    secrets: [token],
    deadlineMs: DEADLINE_MS,
    signal,
  });
  const detail = answer.status < 300 ? '' : detailOf(answer, token);
  const read = { status: answer.status, headers: answer.headers, body: parsedJson(answer.body), detail };
  if (sameEverywhere(answer.status)) throw apiError(read, call, connection);
  return read;
}

/** Means the same whatever was called. */
const sameEverywhere = (status: number): boolean => [401, 403, 410, 429].includes(status) || status >= 500;

async function sent(client: OutgoingClient, request: Parameters<OutgoingClient['send']>[0]): Promise<OutgoingAnswer> {
  try {
    return await client.send(request);
  } catch (err) {
    throw err instanceof NetError ? wireError(err) : err;
  }
}

function detailOf({ body }: OutgoingAnswer, token: string): string {
  const { data } = ErrorAnswer.safeParse(parsedJson(body));
  return excerpt(data?.detail ?? data?.message ?? data?.info ?? body, [token]);
}

/** A refusal as an error: Sentry's own words, and what to do about it. */
export function apiError({ status, headers, detail }: SentryAnswer, { method, path }: SentryCall, connection: SentryConnection): PortError {
  const fault = status === 410 ? 'unsupported' : (statusFault(status) ?? 'malformed');
  const waitMs = status === 429 || status === 503 ? waitOf(headers, connection.now()) : undefined;
  const message = `Sentry answered ${method} ${path} with ${status}${detail === '' ? '' : `, ${detail}`}${hintOf(status, path)}`;
  return new PortError(fault, message, { statusCode: status, ...(waitMs !== undefined && { retryAfterMs: waitMs }) });
}

const HINTS: Readonly<Record<number, string>> = {
  401: 'SENTRY_API_TOKEN is wrong or has been revoked: take the token of an internal integration of this organization',
  403: 'SENTRY_API_TOKEN needs the scope event:write: give the internal integration "Issue & Event: Read & Write"',
  404: 'the organization or the issue is not there, or the token may not see its project: check SENTRY_API_URL, SENTRY_ORG and which organization the integration is of',
  429: 'it is tried again after the time of its reset',
};

function hintOf(status: number, path: string): string {
  if (status === 410 && !path.includes('/organizations/')) {
    return ': this path without an organization has ended, so set SENTRY_ORG to the slug of the organization';
  }
  const hint = HINTS[status];
  return hint === undefined ? '' : `: ${hint}`;
}

const SHORTEST_WAIT_MS = 1_000;

/** Sentry itself says when its limit resets, in epoch seconds, and a proxy before it how long to wait: the longer counts. */
function waitOf(headers: Readonly<Record<string, string>>, now: Date): number | undefined {
  const reset = Number.parseFloat(headers['x-sentry-rate-limit-reset'] ?? '') * 1000 - now.getTime();
  const waits = [reset, retryAfterMs(headers['retry-after'], now) ?? Number.NaN].filter(wait => Number.isFinite(wait));
  return waits.length === 0 ? undefined : Math.max(SHORTEST_WAIT_MS, ...waits);
}
