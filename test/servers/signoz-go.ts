import { Refusal } from './signoz-answers.ts';

export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What SigNoz says of a body that is JSON, but none of its types. */
export function unreadable(inner: string): Refusal {
  return new Refusal(`failed to parse json: ${inner}`);
}

/** The fields of a JSON object as Go's decoder reads them: null and absent are the zero value, another type is an error. */
export interface Fields {
  has(name: string): boolean;
  raw(name: string): unknown;
  text(name: string): string;
  /** An enum: trimmed, in lower case. */
  word(name: string): string;
  flag(name: string): boolean;
  number(name: string): number | undefined;
  /** Go's int, or uint64 where it must not be negative. */
  whole(name: string, type: 'int' | 'uint64'): number | undefined;
  list(name: string): readonly unknown[] | undefined;
  texts(name: string): readonly string[] | undefined;
  pairs(name: string): Readonly<Record<string, string>> | undefined;
  /** As it was written, or as Go writes the nanoseconds of a number; a zero one is none where the field is left out then. */
  duration(name: string, zero?: 'or none'): string | undefined;
}

export function fieldsOf(value: unknown, type: string): Fields {
  const object = value ?? {};
  if (!isJson(object)) throw unreadable(`json: cannot unmarshal ${kindOf(value)} into Go value of type ${type}`);
  const raw = (name: string): unknown => object[name] ?? undefined;
  const wrong = (name: string, given: unknown, wanted: string): Refusal =>
    unreadable(`json: cannot unmarshal ${kindOf(given)} into Go struct field ${type}.${name} of type ${wanted}`);

  function list(name: string): readonly unknown[] | undefined {
    const given = raw(name);
    if (given === undefined || Array.isArray(given)) return given;
    throw wrong(name, given, '[]');
  }
  function asText(name: string, given: unknown): string {
    if (typeof given === 'string') return given;
    throw wrong(name, given, 'string');
  }
  const text = (name: string): string => asText(name, raw(name) ?? '');

  return {
    has: name => raw(name) !== undefined,
    raw,
    text,
    word: name => text(name).trim().toLowerCase(),
    flag: name => {
      const given = raw(name) ?? false;
      if (typeof given === 'boolean') return given;
      throw wrong(name, given, 'bool');
    },
    number: name => {
      const given = raw(name);
      if (given === undefined || typeof given === 'number') return given;
      throw wrong(name, given, 'float64');
    },
    whole: (name, kind) => {
      const given = raw(name);
      if (given === undefined) return undefined;
      if (typeof given !== 'number') throw wrong(name, given, kind);
      if (Number.isSafeInteger(given) && (kind === 'int' || given >= 0)) return given;
      throw unreadable(`json: cannot unmarshal number ${given} into Go struct field ${type}.${name} of type ${kind}`);
    },
    list,
    texts: name => list(name)?.map(item => asText(name, item)),
    pairs: name => {
      const given = raw(name);
      if (given === undefined) return undefined;
      if (!isJson(given)) throw wrong(name, given, 'map[string]string');
      return Object.fromEntries(Object.entries(given).map(([key, item]) => [key, asText(name, item ?? '')]));
    },
    duration: (name, zero) => {
      const given = raw(name) ?? '';
      const written = typeof given === 'number' ? durationText(given) : asText(name, given);
      const isZero = written === '' || nanoseconds(written) === 0;
      return written === '' || (isZero && zero) ? undefined : written;
    },
  };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Go's `time.ParseDuration`. */
export function nanoseconds(text: string): number {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  const parts = [...rest.matchAll(/(\d+\.?\d*|\.\d+)([^\d.]*)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== rest) throw unreadable(`time: invalid duration "${text}"`);
  const sum = parts.reduce((total, [, amount, unit = '']) => {
    if (unit === '') throw unreadable(`time: missing unit in duration "${text}"`);
    const size = UNITS[unit];
    if (size === undefined) throw unreadable(`time: unknown unit "${unit}" in duration "${text}"`);
    return total + Number(amount) * size;
  }, 0);
  return sign === '-' ? -sum : sum;
}

/** Go's `Duration.String`. */
function durationText(ns: number): string {
  if (ns === 0) return '0s';
  if (Math.abs(ns) < 1e3) return `${ns}ns`;
  if (Math.abs(ns) < 1e6) return `${ns / 1e3}µs`;
  if (Math.abs(ns) < 1e9) return `${ns / 1e6}ms`;
  const hours = Math.trunc(ns / 3600e9);
  const minutes = Math.trunc((ns % 3600e9) / 60e9);
  const seconds = `${(ns % 60e9) / 1e9}s`;
  if (hours === 0) return minutes === 0 ? seconds : `${minutes}m${seconds}`;
  return `${hours}h${minutes}m${seconds}`;
}
