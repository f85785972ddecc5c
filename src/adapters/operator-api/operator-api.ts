import type { z } from 'zod';
import { PortError } from '../../domain/ports/port-error.ts';
import { statusFault, wireError } from '../../domain/ports/wire-failure.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { isRecord, parsedJson } from '../../domain/text/json.ts';
import { NetError } from '../../net/net-error.ts';
import type { OutgoingClient } from '../../net/outgoing.ts';

/** An operator's HTTP API (DESIGN.md section 4), as somebody outside its cluster reaches it. */
export interface OperatorApi {
  readonly client: OutgoingClient;
  /** Without a trailing path of the API's own: `http://localhost:8000`. */
  readonly baseUrl: string;
  /** Bearer token of the API; without one the calls go unsigned. */
  readonly token: string | undefined;
}

export interface ApiCall<T> {
  readonly method: 'GET' | 'POST';
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly answer: z.ZodType<T>;
  readonly deadlineMs: number;
}

/** One call of the API. `undefined` is its 404 to a GET, with a sentence; every other failure is a PortError. */
export async function apiCall<T>(api: OperatorApi, call: ApiCall<T>, signal: AbortSignal): Promise<T | undefined> {
  const { status, body } = await sent(api, call, signal);
  const said = parsedJson(body);
  if (call.method === 'GET' && status === 404 && isOurs(said)) return undefined;
  const secrets = api.token === undefined ? [] : [api.token];
  const where = `${call.method} ${call.path.replace(/\?.*/, '')} of ${new URL(api.baseUrl).origin}`;
  const fault = statusFault(status);
  if (fault) throw new PortError(fault, `${where} was answered ${status}: ${excerpt(body, secrets)}`, { statusCode: status });
  const answer = call.answer.safeParse(said);
  if (answer.success) return answer.data;
  throw new PortError('malformed', `${where} was answered by something that is not the operator: ${excerpt(body, secrets)}`);
}

/** A path that the operator's API does not have: its other port, and servers of others, say more than our two fields. */
function isOurs(said: unknown): boolean {
  return isRecord(said) && typeof said['error'] === 'string' && typeof said['message'] === 'string' && !('statusCode' in said);
}

async function sent({ client, baseUrl, token }: OperatorApi, call: ApiCall<unknown>, signal: AbortSignal) {
  const { method, path, body, deadlineMs } = call;
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  try {
    return await client.send({ method, url: baseUrl.replace(/\/+$/, '') + path, headers, ...text, deadlineMs, signal });
  } catch (err) {
    throw err instanceof NetError ? wireError(err) : err;
  }
}
