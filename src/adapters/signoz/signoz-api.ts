import { PortError } from '../../domain/ports/port-error.ts';
import type { SignozConnection } from '../../domain/ports/signoz-rules.ts';
import { wireError } from '../../domain/ports/wire-failure.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { parsedJson } from '../../domain/text/json.ts';
import { NetError } from '../../net/net-error.ts';
import type { OutgoingAnswer, OutgoingClient, OutgoingRequest } from '../../net/outgoing.ts';
import { apiError, meansTheSame, notTheApi, sentencesOf, type SignozRefusal, waitOf } from './refusal.ts';
import { ErrorAnswer, Success } from './schema.ts';

/** SigNoz gives up on most requests after 30 s by itself (contracts/signoz.md, section 1.3). */
const DEADLINE_MS = 35_000;
/** And on what sends a notification after 60 s. */
export const SENDING_DEADLINE_MS = 65_000;
/** A rule may be a megabyte, and more as JSON. */
const LONGEST_ANSWER_BYTES = 8 * 1024 * 1024;
/** A list of ten thousand rules is some fifteen megabytes. */
const LONGEST_IN_PIECES_BYTES = 64 * 1024 * 1024;

export interface SignozCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the connection's URL, for example `/api/v1/channels`. */
  readonly path: string;
  readonly body?: unknown;
  /** Masked in errors, besides the API key. */
  readonly secrets?: readonly string[];
  /** The answer holds credentials: no error shows anything of it. */
  readonly isSecret?: true;
  /** It is answered without an envelope. */
  readonly isBare?: true;
  readonly deadlineMs?: number;
  /** Is given the body of a success piece by piece, and the answer then has none. It must not throw. */
  readonly take?: (piece: Uint8Array) => Promise<void>;
}

export type SignozAnswer = { readonly is: 'success'; readonly status: number; readonly body: unknown } | SignozRefusal;

/** Calls one SigNoz on behalf of whoever gives up by its signal. */
export type Ask = (call: SignozCall) => Promise<SignozAnswer>;

export interface SignozApi {
  readonly client: OutgoingClient;
  readonly now: () => Date;
}

/**
 * Calls to SigNoz's API. PortErrors: what goes wrong on the wire, 401, 403 and 429, and `unsupported` for an answer that is not the API's:
 * SigNoz's web UI answers unknown routes with 200 and HTML. Other refusals of SigNoz's own are answers.
 */
export function signozAsk({ client, now }: SignozApi, connection: SignozConnection, signal: AbortSignal): Ask {
  return async call => {
    const secrets = [connection.apiKey, ...(call.secrets ?? [])];
    const given = givenAway(call);
    const answer = await sent(client, { ...requestOf(connection, call), inPieces: given.inPieces, secrets, signal });
    if (given.isTaken()) return { is: 'success', status: answer.status, body: undefined };
    const read = readAnswer(answer, call, { secrets, now: now() });
    if (read.is === 'error' && meansTheSame(read.status)) throw apiError(read);
    return read;
  };
}

/** Only a success of the API is given away: of anything else the whole is looked at. */
function givenAway({ take }: SignozCall): Required<Pick<OutgoingRequest, 'inPieces'>> & { isTaken(): boolean } {
  let taken = false;
  return {
    inPieces: ({ status, headers }) => {
      taken = take !== undefined && status === 200 && saysJson(headers);
      return taken ? take : undefined;
    },
    isTaken: () => taken,
  };
}

function requestOf({ url, apiKey, caBundle }: SignozConnection, call: SignozCall): OutgoingRequest {
  const { method, path, body, deadlineMs = DEADLINE_MS, take } = call;
  return {
    method,
    // The connection may have a path of its own: SigNoz then has all its routes below it.
    url: `${url.replace(/\/+$/, '')}${path}`,
    // No Authorization beside it: that would win over the key.
    headers: { 'signoz-api-key': apiKey, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(caBundle !== undefined && { caBundle }),
    deadlineMs,
    maxAnswerBytes: take ? LONGEST_IN_PIECES_BYTES : LONGEST_ANSWER_BYTES,
  };
}

async function sent(client: OutgoingClient, request: OutgoingRequest): Promise<OutgoingAnswer> {
  try {
    return await client.send(request);
  } catch (err) {
    throw err instanceof NetError ? wireError(err) : err;
  }
}

function readAnswer(answer: OutgoingAnswer, call: SignozCall, { secrets, now }: { secrets: readonly string[]; now: Date }): SignozAnswer {
  const { status, headers, body } = answer;
  if (status === 204) return { is: 'success', status, body: undefined };
  const isJson = saysJson(headers);
  const parsed = isJson ? parsedJson(body) : undefined;
  const refusal = ErrorAnswer.safeParse(parsed);
  if (refusal.success) {
    const { code, message } = sentencesOf(refusal.data.error, secrets);
    const retryAfterMs = waitOf(headers, refusal.data.error, now);
    return { is: 'error', status, code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  if (status < 300 && (call.isBare ? parsed !== undefined : Success.safeParse(parsed).success))
    return { is: 'success', status, body: parsed };
  const retryAfterMs = waitOf(headers, '', now);
  const shown = call.isSecret ? 'it is not shown, for it may hold credentials' : excerpt(body, secrets);
  throw notTheApi({ status, isJson, asked: `${call.method} ${call.path}`, shown, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

function saysJson(headers: OutgoingAnswer['headers']): boolean {
  return (headers['content-type'] ?? '').includes('json');
}

/** What a successful answer says by this schema; PortError('malformed') where it is something else. */
export function malformed(what: string, statusCode?: number): PortError {
  return new PortError(
    'malformed',
    `${what} is not of the shape that SigNoz gives it: if there is a proxy before it, check what it changes`,
    {
      ...(statusCode !== undefined && { statusCode }),
    },
  );
}
