import { z } from 'zod';
import { PortError } from '../../domain/ports/port-error.ts';
import type { Silences, WantedSilence } from '../../domain/ports/silences.ts';
import { statusFault } from '../../domain/ports/wire-failure.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { parsedJson } from '../../domain/text/json.ts';
import { credentialsIn } from '../../domain/text/masking.ts';
import type { OutgoingAnswer, OutgoingClient, OutgoingRequest } from '../../net/outgoing.ts';
import { onTheWire, parsedUrl } from './api-call.ts';

export interface SilencesOptions {
  readonly client: OutgoingClient;
  /** Alertmanagers that tell each other of silences: any one of them will do. */
  readonly urls: readonly string[];
  /** Asked at each call. */
  readonly authorization: () => string | undefined;
  readonly now: () => Date;
}

const DEADLINE_MS = 5_000;
const MOST_COMMENT = 500;

const Listed = z.array(z.object({ id: z.string(), comment: z.string(), status: z.object({ state: z.string() }) }));
const Created = z.object({ silenceID: z.string() });

type Call = Pick<OutgoingRequest, 'method' | 'body'> & { readonly path: string; readonly query?: Readonly<Record<string, string>> };

/** Silences of Alertmanager's API v2. */
export function alertmanagerSilences(options: SilencesOptions): Silences {
  return {
    create: (silence, signal) => firstOf(options.urls, url => createdAt(url, silence, { options, signal })),

    async expire(id, signal) {
      // One that is not told of it yet, or of another cluster, knows it not: the others may.
      const outcomes = await Promise.allSettled(options.urls.map(url => expiredAt(url, id, { options, signal })));
      const ended = outcomes.some(({ status }) => status === 'fulfilled');
      const [failed] = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome] : []));
      if (!ended && failed) throw failed.reason;
    },
  };
}

interface Context {
  readonly options: SilencesOptions;
  readonly signal: AbortSignal;
}

/** Looked for first: an answer may have been lost. */
async function createdAt(url: string, silence: WantedSilence, context: Context): Promise<string> {
  const { key, matchers, endsAt, createdBy, comment } = silence;
  const mark = `[awoooi#${key}]`;
  const query = { filter: `alertname=${JSON.stringify(matchers['alertname'] ?? '')}` };
  const listed = read(Listed, await send(url, { method: 'GET', path: '/api/v2/silences', query }, context), context);
  const standing = listed.find(each => each.comment.includes(mark) && each.status.state !== 'expired');
  if (standing) return standing.id;
  const body = JSON.stringify({
    matchers: Object.entries(matchers).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })),
    startsAt: context.options.now().toISOString(),
    endsAt: endsAt.toISOString(),
    createdBy,
    comment: `${excerpt(comment, [], MOST_COMMENT)} ${mark}`,
  });
  return read(Created, await send(url, { method: 'POST', path: '/api/v2/silences', body }, context), context).silenceID;
}

async function expiredAt(url: string, id: string, context: Context): Promise<void> {
  const answer = await send(url, { method: 'DELETE', path: `/api/v2/silence/${encodeURIComponent(id)}` }, context);
  if (answer.status === 404 || /already expired|not found/.test(answer.body)) return;
  successful(answer, context);
}

function send(url: string, { path, query, ...call }: Call, { options, signal }: Context): Promise<OutgoingAnswer> {
  const target = parsedUrl(url);
  target.pathname = `${target.pathname.replace(/\/+$/, '')}${path}`;
  target.search = new URLSearchParams(query).toString();
  const authorization = options.authorization();
  const headers = {
    accept: 'application/json',
    ...(authorization !== undefined && { authorization }),
    ...(call.body !== undefined && { 'content-type': 'application/json' }),
  };
  return onTheWire(() => options.client.send({ ...call, url: target.href, headers, deadlineMs: DEADLINE_MS, signal }));
}

function read<T>(schema: z.ZodType<T>, answer: OutgoingAnswer, context: Context): T {
  const result = schema.safeParse(parsedJson(successful(answer, context)));
  if (result.success) return result.data;
  throw new PortError('malformed', "the answer about silences is not that of Alertmanager's API v2", { statusCode: answer.status });
}

function successful({ status, body }: OutgoingAnswer, { options }: Context): string {
  const fault = statusFault(status);
  if (fault === undefined) return body;
  const said = excerpt(body, credentialsIn(options.authorization()));
  throw new PortError(fault, `Alertmanager answered ${status}${said === '' ? '' : `: ${said}`}`, { statusCode: status });
}

/** The first that answers; with the last one's failure where none does. */
async function firstOf<T>(urls: readonly string[], ask: (url: string) => Promise<T>): Promise<T> {
  let failure: unknown = new PortError('unsupported', 'no Alertmanager is set up: see AWOOOI_ALERTMANAGER_URLS');
  for (const url of urls) {
    try {
      return await ask(url);
    } catch (err) {
      failure = err;
    }
  }
  throw failure;
}
