import { hash } from 'node:crypto';
import { canonicalJson } from '../rule/canonical-json.ts';
import { isRecord } from '../text/json.ts';
import { canonicalResources } from './canonical-resources.ts';
import type { Place } from './place.ts';

/** What a place held, as it is recorded. */
export type Held =
  | { readonly is: 'absent' }
  | { readonly is: 'value'; readonly value: unknown }
  /** It may be a secret: only a mark of it is kept, by which it is known again. */
  | { readonly is: 'hidden'; readonly mark: string };

export function heldAs(place: Place, value: unknown): Held {
  if (value === undefined) return { is: 'absent' };
  return mayBeSecret(place) ? { is: 'hidden', mark: markOf(asStored(place, value)) } : { is: 'value', value: asStored(place, value) };
}

/** Whether the place holds what was recorded; the order of fields does not count. */
export function stillHolds(held: Held, place: Place, value: unknown): boolean {
  return canonicalJson(heldAs(place, value)) === canonicalJson(held);
}

/** For people, without what may be a secret. */
export function shownHeld(held: Held): string {
  switch (held.is) {
    case 'absent':
      return 'nothing';
    case 'value':
      return typeof held.value === 'string' ? held.value : canonicalJson(held.value);
    case 'hidden':
      return `a value that is not shown (mark ${held.mark})`;
  }
}

/** Whole templates, environments, arguments and the data of ConfigMaps. */
function mayBeSecret(place: Place): boolean {
  const last = place.at(-1);
  return last === 'env' || last === 'args' || last === 'template' || place[0] === 'data';
}

/** As the API server gives back what is written there: quantities in their largest unit, defaults filled in. */
function asStored(place: Place, value: unknown): unknown {
  if (place.includes('resources')) return canonicalResources(value);
  return place.at(-1) === 'env' && Array.isArray(value) ? value.map(withoutDefaults) : value;
}

function withoutDefaults(variable: unknown): unknown {
  if (!isRecord(variable)) return variable;
  const { value, valueFrom, ...rest } = variable;
  return { ...rest, ...(value !== undefined && value !== '' && { value }), ...(isRecord(valueFrom) && { valueFrom: sourceOf(valueFrom) }) };
}

function sourceOf(valueFrom: Readonly<Record<string, unknown>>): unknown {
  const { fieldRef } = valueFrom;
  return isRecord(fieldRef) ? { ...valueFrom, fieldRef: { apiVersion: 'v1', ...fieldRef } } : valueFrom;
}

function markOf(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'hex').slice(0, 12);
}
