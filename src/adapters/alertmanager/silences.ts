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
  /** Those of one cluster tell each other of silences. */
  readonly urls: readonly string[];
  /** Asked at each call. */
  readonly authorization: () => string | undefined;
  readonly now: () => Date;
}

const DEADLINE_MS = 5_000;
const MOST_COMMENT = 500;

const Listed = z.array(z.object({ id: z.string(), comment: z.string(), status: z.object({ state: z.string() }) }));
const Created = z.object({ silenceID: z.string() });
const Alerts = z.array(z.object({ labels: z.record(z.string(), z.string()) }));

/** A name that every Alertmanager takes: before 0.27, and in its classic mode, it takes no others. */
const CLASSIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

type Call = Pick<OutgoingRequest, 'method' | 'body'> & { readonly path: string; readonly query?: Readonly<Record<string, string>> };

/**
 * Silences of Alertmanager's API v2: made once, at an Alertmanager that has an alert to silence, since it may be of no cluster with the
 * others.
 */
export function alertmanagerSilences(options: SilencesOptions): Silences {
  return {
    async create(silence, signal) {
      const urls = await thoseConcernedFirst(silence, { options, signal });
      return firstOf(urls, url => createdAt(url, silence, { options, signal }));
    },

    async expire(id, signal) {
      // One that is not told of it yet, or of another cluster, knows it not: then one that did not answer may still have it.
      const outcomes = await Promise.allSettled(options.urls.map(url => expiredAt(url, id, { options, signal })));
      const [failed] = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome] : []));
      if (failed && !outcomes.some(outcome => outcome.status === 'fulfilled' && outcome.value === 'ended')) throw failed.reason;
    },
  };
}

interface Context {
  readonly options: SilencesOptions;
  readonly signal: AbortSignal;
}

type Matchers = WantedSilence['matchers'];

/** In their order, but for those that list an alert which the silence would hold back; one that does not answer lists none. */
async function thoseConcernedFirst({ matchers }: WantedSilence, context: Context): Promise<readonly string[]> {
  const { urls } = context.options;
  if (urls.length < 2) return urls;
  const concerned = await Promise.all(urls.map(url => listsAny(url, matchers, context).catch(() => false)));
  return [true, false].flatMap(wanted => urls.filter((_, at) => concerned[at] === wanted));
}

async function listsAny(url: string, matchers: Matchers, context: Context): Promise<boolean> {
  const answer = await send(url, { method: 'GET', path: '/api/v2/alerts', query: sameName(matchers) }, context);
  const isMatched = (labels: Matchers): boolean => Object.entries(matchers).every(([name, value]) => (labels[name] ?? '') === value);
  return read(Alerts, answer, context).some(({ labels }) => isMatched(labels));
}

function sameName(matchers: Matchers): Readonly<Record<string, string>> {
  return { filter: `alertname=${JSON.stringify(matchers['alertname'] ?? '')}` };
}

/** Looked for first: an answer may have been lost. */
async function createdAt(url: string, silence: WantedSilence, context: Context): Promise<string> {
  const mark = `[awoooi#${silence.key}]`;
  const answer = await send(url, { method: 'GET', path: '/api/v2/silences', query: sameName(silence.matchers) }, context);
  const standing = read(Listed, answer, context).find(each => each.comment.includes(mark) && each.status.state !== 'expired');
  return standing ? standing.id : posted(url, { ...silence, comment: `${excerpt(silence.comment, [], MOST_COMMENT)} ${mark}` }, context);
}

/** One that knows no names with dots has no alert with such a label, and can do without being told that it must be absent. */
async function posted(url: string, silence: WantedSilence, context: Context): Promise<string> {
  const post = (matchers: Matchers): Promise<OutgoingAnswer> =>
    send(url, { method: 'POST', path: '/api/v2/silences', body: bodyOf({ ...silence, matchers }, context) }, context);
  const answer = await post(silence.matchers);
  const classic = Object.entries(silence.matchers).filter(([name, value]) => value !== '' || CLASSIC_NAME.test(name));
  const again = answer.status === 400 && classic.length < Object.keys(silence.matchers).length;
  return read(Created, again ? await post(Object.fromEntries(classic)) : answer, context).silenceID;
}

function bodyOf({ matchers, endsAt, createdBy, comment }: WantedSilence, { options }: Context): string {
  return JSON.stringify({
    matchers: Object.entries(matchers).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })),
    startsAt: options.now().toISOString(),
    endsAt: endsAt.toISOString(),
    createdBy,
    comment,
  });
}

/** Of one that is over already, or that it does not know, Alertmanager says so with 404 or, before 0.28, 500. */
async function expiredAt(url: string, id: string, context: Context): Promise<'ended' | 'not-there'> {
  const answer = await send(url, { method: 'DELETE', path: `/api/v2/silence/${encodeURIComponent(id)}` }, context);
  if (answer.status === 404 || (answer.status === 500 && /already expired|not found/.test(answer.body))) return 'not-there';
  successful(answer, context);
  return 'ended';
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
