import { isRecord } from './json.ts';

export type Fields = Readonly<Record<string, unknown>>;

const NONE: Fields = {};

/** The object in a field; one without fields where there is none. */
export function fieldsAt(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isRecord(value) ? value : NONE;
}

/** The text in a field, also where it was written as a number; undefined for an empty one and for all else. */
export function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim().toWellFormed() : undefined;
}

/** The first text in one of the fields of any of the objects, object by object. */
export function firstText(all: readonly Fields[], ...names: readonly string[]): string | undefined {
  for (const fields of all) {
    for (const name of names) {
      const text = textAt(fields, name);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}
