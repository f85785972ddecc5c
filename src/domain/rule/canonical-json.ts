import { isRecord } from '../text/json.ts';
import type { Places } from './pointer.ts';

/** JSON with sorted keys: equal texts for equal values. */
export function canonicalJson(value: unknown): string {
  return written(value) ?? 'null';
}

/** The same without these places, and without an object or list that has nothing besides them. */
export function canonicalJsonWithout(value: unknown, leftOut: Places): string {
  return leftOut.isOne ? '' : (written(value, leftOut) ?? '');
}

/** Whether places within a list have a meaning: lists of texts and numbers are compared whole. */
export function hasPlaces(items: readonly unknown[]): boolean {
  return items.every(item => typeof item === 'object' && item !== null);
}

function written(value: unknown, leftOut?: Places): string | undefined {
  if (Array.isArray(value)) return leftOut && hasPlaces(value) ? fewerItems(value, leftOut) : `[${value.map(canonicalJson).join(',')}]`;
  return isRecord(value) ? members(value, leftOut) : JSON.stringify(value);
}

function members(record: Readonly<Record<string, unknown>>, leftOut: Places | undefined): string | undefined {
  let text = '';
  for (const name of Object.keys(record).toSorted()) {
    const place = leftOut?.below.get(name);
    const member = place?.isOne ? undefined : written(record[name], place);
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${member}`;
  }
  return text === '' && leftOut ? undefined : `{${text}}`;
}

function fewerItems(items: readonly unknown[], { below }: Places): string | undefined {
  const texts = items.flatMap((item, index) => {
    const place = below.get(String(index));
    return place?.isOne ? [] : [written(item, place) ?? '{}'];
  });
  return texts.length === 0 ? undefined : `[${texts.join(',')}]`;
}
