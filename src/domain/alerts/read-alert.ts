import { isRecord } from '../text/json.ts';
import { isTooDeep } from '../text/depth.ts';
import { alertTime } from './alert-time.ts';

type Texts = Readonly<Record<string, string>>;

/** An alert of an Alertmanager webhook of version 4, as far as its sender said anything that can be read. */
export interface ReadAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly startsAt?: Date;
  /** Absent while it fires, and where it would lie before the start. */
  readonly endsAt?: Date;
  readonly generatorURL?: string;
  readonly fingerprint?: string;
}

/** One alert of a body, or what is wrong with it. */
export type ParsedAlert = { readonly is: 'alert'; readonly alert: ReadAlert } | { readonly is: 'bad'; readonly error: string };

export interface AlertContext {
  /** Where it stands, as the beginning of the sentence about what is wrong. */
  readonly at: string;
  /** What the body says of all its alerts. */
  readonly status?: 'firing' | 'resolved' | undefined;
  readonly now: Date;
}

const FINGERPRINT = /^[0-9a-f]{16}$/i;

/**
 * Reads one alert (Alertmanager notify/webhook, template.Alert), with every field but the labels optional. Without zod, which would take
 * more time for it than all else that is done with an alert.
 */
export function readAlert(given: unknown, context: AlertContext): ParsedAlert {
  if (!isRecord(given)) return bad(context, 'is no object');
  const { labels, annotations, generatorURL, fingerprint } = given;
  if (!isRecord(labels)) return bad(context, 'is no object', '.labels');
  const texts = textsOf(labels);
  if (Object.keys(texts).length === 0) return bad(context, 'an alert has at least one label', '.labels');
  const times = timesOf(given);
  const status = statusOf(given['status'], { ...times, ...context });
  if (status === undefined) return bad(context, 'must be firing or resolved', '.status');
  return {
    is: 'alert',
    alert: {
      status,
      labels: texts,
      annotations: isRecord(annotations) ? textsOf(annotations) : {},
      ...times,
      ...(typeof generatorURL === 'string' && { generatorURL }),
      ...(typeof fingerprint === 'string' && FINGERPRINT.test(fingerprint) && { fingerprint: fingerprint.toLowerCase() }),
    },
  };
}

function bad({ at }: AlertContext, problem: string, field = ''): ParsedAlert {
  return { is: 'bad', error: `${at}${field}: ${problem}` };
}

/** `firing` or `resolved`, however written; undefined for another text. */
export function statusNamed(text: string): 'firing' | 'resolved' | undefined {
  const word = text.trim().toLowerCase();
  return word === 'firing' || word === 'resolved' ? word : undefined;
}

/** What an alert says of itself goes before what the body says of all: in a group that fires some may be over (contract trap 5). */
function statusOf(
  given: unknown,
  { endsAt, status = 'firing', now }: Pick<ReadAlert, 'endsAt'> & AlertContext,
): 'firing' | 'resolved' | undefined {
  if (typeof given === 'string') return statusNamed(given);
  return endsAt !== undefined && endsAt <= now ? 'resolved' : status;
}

function timesOf(given: Readonly<Record<string, unknown>>): Pick<ReadAlert, 'startsAt' | 'endsAt'> {
  const startsAt = alertTime(given['startsAt']);
  const endsAt = alertTime(given['endsAt']);
  const isEnd = endsAt !== undefined && (startsAt === undefined || endsAt >= startsAt);
  return { ...(startsAt && { startsAt }), ...(isEnd && { endsAt }) };
}

/** Senders of all kinds put numbers, booleans, null and whole objects where a text belongs; null says that it is not there. */
function textsOf(given: Readonly<Record<string, unknown>>): Texts {
  if (areTexts(given)) return given;
  // Built from pairs: assigned one by one, a label named __proto__ would be lost.
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === null || value === undefined ? [] : [[wellFormed(name), textOf(value)]])),
  );
}

/** As nearly every sender has them: there is nothing to mend. */
function areTexts(given: Readonly<Record<string, unknown>>): given is Texts {
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (typeof value !== 'string' || !value.isWellFormed() || !name.isWellFormed()) return false;
  }
  return true;
}

/** A value that is nested too deep stands for itself in words: without it the label would be missing, which may say something else. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return wellFormed(value);
  return isTooDeep(value) ? 'a value that is nested too deep' : wellFormed(JSON.stringify(value));
}

/** Half of a surrogate pair cannot be stored, and what is read back would not be what was compared. */
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}
