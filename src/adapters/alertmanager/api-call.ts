import type { z } from 'zod';
import type { AlertmanagerReplica } from '../../domain/ports/alertmanager.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { statusFault, wireError } from '../../domain/ports/wire-failure.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { parsedJson } from '../../domain/text/json.ts';
import { credentialsIn } from '../../domain/text/masking.ts';
import { NetError } from '../../net/net-error.ts';
import type { OutgoingAnswer, OutgoingClient } from '../../net/outgoing.ts';
import { getSlots } from './get-slots.ts';

/** One replica that hangs must leave time for the others and for finding out why. */
const CALL_DEADLINE_MS = 5_000;

/** Whom a call goes to: one replica, or whichever the URL leads to where no address is given. */
export type Callee = Pick<AlertmanagerReplica, 'url' | 'authorization'> & Partial<Pick<AlertmanagerReplica, 'address'>>;

export interface ApiCall {
  /** GET without a body and POST with one, unless told otherwise. */
  readonly method?: 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Posted as JSON. */
  readonly body?: unknown;
}

export type Ask = (callee: Callee, call: ApiCall, signal: AbortSignal) => Promise<OutgoingAnswer>;

/** Calls none with more GETs at a time than it can bear. No answer is a PortError; any status is an answer. */
export function asker(client: OutgoingClient): Ask {
  const slots = getSlots(Math.random);

  return ({ url, address, authorization }, { method, path, query, body }, signal) => {
    const target = parsedUrl(url);
    target.pathname = `${target.pathname.replace(/\/+$/, '')}${path}`;
    target.search = new URLSearchParams(query).toString();
    const request = {
      url: target.href,
      ...(address !== undefined && { address }),
      headers: {
        accept: '*/*',
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      deadlineMs: CALL_DEADLINE_MS,
      signal,
    };
    if (body !== undefined) return onTheWire(() => client.send({ method: 'POST', body: JSON.stringify(body), ...request }));
    if (method !== undefined) return onTheWire(() => client.send({ method, ...request }));
    const get = (): Promise<OutgoingAnswer> => client.send({ method: 'GET', ...request });
    return onTheWire(() => slots.run(`${target.origin} ${address ?? ''}`, get, signal));
  };
}

export async function onTheWire<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (err) {
    throw err instanceof NetError ? wireError(err) : err;
  }
}

/** Throws PortError('rejected') for a text that is no URL. */
export function parsedUrl(url: string): URL {
  const found = URL.parse(url);
  if (found) return found;
  throw new PortError('rejected', `${excerpt(url)} is not a URL`);
}

/** The body of a 2xx answer; anything else is a PortError with what Alertmanager said. */
export function successful({ authorization }: Pick<Callee, 'authorization'>, { status, body }: OutgoingAnswer): string {
  const fault = statusFault(status);
  if (fault === undefined) return body;
  const said = excerpt(body, credentialsIn(authorization));
  throw new PortError(fault, `Alertmanager answered ${status}${said === '' ? '' : `: ${said}`}`, { statusCode: status });
}

/** What a 2xx answer says; PortError('malformed') where it is not what Alertmanager's API answers. */
export function read<T>(schema: z.ZodType<T>, answer: OutgoingAnswer, callee: Pick<Callee, 'authorization'>): T {
  const body = successful(callee, answer);
  const result = schema.safeParse(parsedJson(body));
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') ?? '';
  const said = excerpt(body, credentialsIn(callee.authorization));
  const message = `the answer is not that of Alertmanager's API v2${where === '' ? '' : ` (at ${where})`}: ${said}`;
  throw new PortError('malformed', message, { statusCode: answer.status });
}
