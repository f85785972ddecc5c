import { isRecord } from '../text/json.ts';
import { durationText, nanosecondsOf } from './go-duration.ts';

/** The one form of a value that several spellings stand for; undefined where it says nothing, as an absent field does. */
export type Form = (value: unknown) => unknown;
export type Forms = ReadonlyMap<string, Form>;

const NO_FORMS: Forms = new Map();

/** A field that no rule is made of. */
export function nothing(): undefined {
  return undefined;
}

/** Any value without what is zero to Go: SigNoz leaves such fields out, or adds them, from one version to the next. */
export function plain(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? undefined : value.toWellFormed();
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(item => plain(item) ?? bare(item));
  if (isRecord(value)) return formed(value, NO_FORMS);
  return value || undefined;
}

/** A value whose zero means something. */
export function exact(value: unknown): unknown {
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (value === '' || value === false) return value;
  return plain(value);
}

/** A name from a closed list, which SigNoz trims and writes in lower case. */
export function word(value: unknown): unknown {
  return typeof value === 'string' ? plain(value.trim().toLowerCase()) : plain(value);
}

/** A word with several spellings. */
export function oneOf(spellings: ReadonlyMap<unknown, string>): Form {
  return value => {
    const given = word(value);
    return spellings.get(given) ?? given;
  };
}

export function duration(value: unknown): unknown {
  const ns = nanosecondsOf(value);
  if (ns === undefined) return plain(value);
  return ns === 0n ? undefined : durationText(ns);
}

/** A number of seconds, from one or from a Go duration. */
export function seconds(value: unknown): unknown {
  const ns = typeof value === 'string' ? nanosecondsOf(value) : undefined;
  return plain(ns === undefined ? value : Number(ns) / 1e9);
}

/** Labels and annotations: an empty text is a value, and so is null, which Go reads as one. */
export function texts(value: unknown): unknown {
  if (!isRecord(value)) return plain(value);
  const entries = Object.entries(value).map(([name, text]) => [name, exact(text) ?? bare(text ?? '')] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function fields(forms: Forms): Form {
  return value => (isRecord(value) ? formed(value, forms) : plain(value));
}

export function list(form: Form): Form {
  return value => (Array.isArray(value) && value.length > 0 ? value.map(item => form(item) ?? bare(item)) : plain(value));
}

/** A list whose order and repetitions mean nothing. */
export function set(form: Form): Form {
  const asList = list(form);
  return value => {
    const items = asList(value);
    return Array.isArray(items) && items.every(item => typeof item === 'string') ? [...new Set(items)].toSorted() : items;
  };
}

/** From entries, not by assignment: a label may be called `__proto__`. */
function formed(record: Readonly<Record<string, unknown>>, forms: Forms): unknown {
  const entries: (readonly [string, unknown])[] = [];
  for (const [name, value] of Object.entries(record)) {
    const form = (forms.get(name) ?? plain)(value);
    if (form !== undefined) entries.push([name, form]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** What is left of an item that says nothing: its place in the list. */
function bare(item: unknown): unknown {
  if (Array.isArray(item)) return [];
  return isRecord(item) ? {} : (item ?? null);
}
