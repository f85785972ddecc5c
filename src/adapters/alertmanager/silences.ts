import { z } from 'zod';
import { PortError } from '../../domain/ports/port-error.ts';
import type { Silences, WantedSilence } from '../../domain/ports/silences.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import type { OutgoingAnswer, OutgoingClient } from '../../net/outgoing.ts';
import { type Ask, asker, type Callee, read, successful } from './api-call.ts';

export interface SilencesOptions {
  readonly client: OutgoingClient;
  /** Those of one cluster tell each other of silences. */
  readonly urls: readonly string[];
  /** Asked at each call. */
  readonly authorization: () => string | undefined;
  readonly now: () => Date;
}

const MOST_COMMENT = 500;

const Listed = z.array(z.object({ id: z.string(), comment: z.string(), status: z.object({ state: z.string() }) }));
const Created = z.object({ silenceID: z.string() });
const Alerts = z.array(z.object({ labels: z.record(z.string(), z.string()) }));

/** A name that every Alertmanager takes: before 0.27, and in its classic mode, it takes no others. */
const CLASSIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/**
 * Silences of Alertmanager's API v2: made once, at an Alertmanager that has an alert to silence, since it may be of no cluster with the
 * others.
 */
export function alertmanagerSilences({ client, urls, authorization, now }: SilencesOptions): Silences {
  const ask = asker(client);
  const callees = (): Callee[] => {
    const shown = authorization();
    return urls.map(url => ({ url, ...(shown !== undefined && { authorization: shown }) }));
  };
  return {
    async create(silence, signal) {
      const context = { ask, now, signal };
      return firstOf(await thoseConcernedFirst(callees(), silence, context), callee => createdAt(callee, silence, context));
    },

    async expire(id, signal) {
      // One that is not told of it yet, or of another cluster, knows it not: then one that did not answer may still have it.
      const outcomes = await Promise.allSettled(callees().map(callee => expiredAt(callee, id, { ask, now, signal })));
      const [failed] = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome] : []));
      if (failed && !outcomes.some(outcome => outcome.status === 'fulfilled' && outcome.value === 'ended')) throw failed.reason;
    },
  };
}

interface Context {
  readonly ask: Ask;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

type Matchers = WantedSilence['matchers'];

/** In their order, but for those that list an alert which the silence would hold back; one that does not answer lists none. */
async function thoseConcernedFirst(callees: readonly Callee[], { matchers }: WantedSilence, context: Context): Promise<readonly Callee[]> {
  if (callees.length < 2) return callees;
  const concerned = await Promise.all(callees.map(callee => listsAny(callee, matchers, context).catch(() => false)));
  return [true, false].flatMap(wanted => callees.filter((_, at) => concerned[at] === wanted));
}

async function listsAny(callee: Callee, matchers: Matchers, { ask, signal }: Context): Promise<boolean> {
  const answer = await ask(callee, { path: '/api/v2/alerts', query: sameName(matchers) }, signal);
  const isMatched = (labels: Matchers): boolean => Object.entries(matchers).every(([name, value]) => (labels[name] ?? '') === value);
  return read(Alerts, answer, callee).some(({ labels }) => isMatched(labels));
}

function sameName(matchers: Matchers): Readonly<Record<string, string>> {
  return { filter: `alertname=${JSON.stringify(matchers['alertname'] ?? '')}` };
}

/** Looked for first: an answer may have been lost. */
async function createdAt(callee: Callee, silence: WantedSilence, context: Context): Promise<string> {
  const mark = `[awoooi#${silence.key}]`;
  const answer = await context.ask(callee, { path: '/api/v2/silences', query: sameName(silence.matchers) }, context.signal);
  const standing = read(Listed, answer, callee).find(each => each.comment.includes(mark) && each.status.state !== 'expired');
  return standing ? standing.id : posted(callee, { ...silence, comment: `${excerpt(silence.comment, [], MOST_COMMENT)} ${mark}` }, context);
}

/** One that knows no names with dots has no alert with such a label, and can do without being told that it must be absent. */
async function posted(callee: Callee, silence: WantedSilence, { ask, now, signal }: Context): Promise<string> {
  const post = (matchers: Matchers): Promise<OutgoingAnswer> =>
    ask(callee, { path: '/api/v2/silences', body: bodyOf({ ...silence, matchers }, now()) }, signal);
  const answer = await post(silence.matchers);
  const classic = Object.entries(silence.matchers).filter(([name, value]) => value !== '' || CLASSIC_NAME.test(name));
  const again = answer.status === 400 && classic.length < Object.keys(silence.matchers).length;
  return read(Created, again ? await post(Object.fromEntries(classic)) : answer, callee).silenceID;
}

function bodyOf({ matchers, endsAt, createdBy, comment }: WantedSilence, now: Date): object {
  return {
    matchers: Object.entries(matchers).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })),
    startsAt: now.toISOString(),
    endsAt: endsAt.toISOString(),
    createdBy,
    comment,
  };
}

/** Of one that is over already, or that it does not know, Alertmanager says so with 404 or, before 0.28, 500. */
async function expiredAt(callee: Callee, id: string, { ask, signal }: Context): Promise<'ended' | 'not-there'> {
  const answer = await ask(callee, { method: 'DELETE', path: `/api/v2/silence/${encodeURIComponent(id)}` }, signal);
  if (answer.status === 404 || (answer.status === 500 && /already expired|not found/.test(answer.body))) return 'not-there';
  successful(callee, answer);
  return 'ended';
}

/** The first that answers; with the last one's failure where none does. */
async function firstOf<T>(callees: readonly Callee[], ask: (callee: Callee) => Promise<T>): Promise<T> {
  let failure: unknown = new PortError('unsupported', 'no Alertmanager is set up: see AWOOOI_ALERTMANAGER_URLS');
  for (const callee of callees) {
    try {
      return await ask(callee);
    } catch (err) {
      failure = err;
    }
  }
  throw failure;
}
