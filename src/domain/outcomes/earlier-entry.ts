import { isRecord, parsedJson } from '../text/json.ts';
import type { EarlierEntry } from '../ports/earlier-learning.ts';
import type { RepairOutcome } from '../ports/learning-repository.ts';

export type EarlierOutcome = Pick<RepairOutcome, 'success' | 'at' | 'rootCause' | 'fixDescription' | 'executionSeconds'>;

const TIMES = ['occurred_at', 'timestamp', 'recorded_at', 'created_at', 'time', 'at'];
const SECONDS = ['execution_time_seconds', 'execution_time', 'duration_seconds'];

/** The outcome that an entry of `learning:repair:KEY:ACTION` tells of; undefined where it does not say whether the repair helped. */
export function earlierOutcome({ text, score }: EarlierEntry): EarlierOutcome | undefined {
  const entry = parsedJson(text);
  if (!isRecord(entry)) return undefined;
  const success = truth(entry['success']);
  if (success === undefined) return undefined;
  const at = timeOf(entry, score);
  const executionSeconds = SECONDS.map(name => Number(entry[name] ?? Number.NaN)).find(Number.isFinite);
  const { root_cause: rootCause, fix_description: fixDescription } = entry;
  return {
    success,
    ...(at && { at }),
    ...(typeof rootCause === 'string' && rootCause !== '' && { rootCause }),
    ...(typeof fixDescription === 'string' && fixDescription !== '' && { fixDescription }),
    ...(executionSeconds !== undefined && { executionSeconds }),
  };
}

/** When the occurrence was that an entry of `anomaly:timeline:KEY` tells of; undefined where nothing says. */
export function earlierOccurrence({ text, score }: EarlierEntry): Date | undefined {
  const entry = parsedJson(text);
  if (isRecord(entry)) return timeOf(entry, score);
  return timeFrom(score) ?? timeFrom(entry) ?? timeFrom(text);
}

function timeOf(entry: Readonly<Record<string, unknown>>, score: number | undefined): Date | undefined {
  const told = TIMES.map(name => timeFrom(entry[name])).find(at => at !== undefined);
  return told ?? timeFrom(score);
}

/** Below this a number of milliseconds would be of 1973, and one of seconds is not beyond the year 5138. */
const LEAST_MS = 1e11;
const LEAST_SECONDS = 1e8;
const DATE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
const HAS_ZONE = /(Z|[+-]\d\d:?\d\d)$/i;

/** Unix time in seconds or milliseconds, or an ISO time, which is UTC where it names no zone. */
function timeFrom(value: unknown): Date | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return fromNumber(Number(value));
  if (!DATE.test(value)) return undefined;
  const at = new Date(HAS_ZONE.test(value) ? value : `${value.replace(' ', 'T')}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

function fromNumber(value: number): Date | undefined {
  if (!Number.isFinite(value) || value < LEAST_SECONDS || value > 8.64e15) return undefined;
  return new Date(value < LEAST_MS ? value * 1000 : value);
}

const YES: readonly unknown[] = [true, 1, 'true', 'True', '1'];
const NO: readonly unknown[] = [false, 0, 'false', 'False', '0'];

function truth(value: unknown): boolean | undefined {
  if (YES.includes(value)) return true;
  return NO.includes(value) ? false : undefined;
}
