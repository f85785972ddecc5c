import { isRecord } from '../text/json.ts';

/** A field by its name, or the entry of a list by its field `name`: the order of containers may change, their names do not. */
export type PlaceStep = string | { readonly named: string };
export type Place = readonly PlaceStep[];

/** An operation of RFC 6902 as it is sent. */
export interface SentOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** What stands there; undefined where nothing does. */
export function valueAt(object: unknown, place: Place): unknown {
  return place.reduce<unknown>((value, step) => {
    if (typeof step !== 'string') return Array.isArray(value) ? value.find(entry => nameOf(entry) === step.named) : undefined;
    return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, object);
}

/**
 * What puts the value there, or takes the place away where it is undefined. Undefined where a list on the way lacks the entry. Fields that
 * are missing on the way are made.
 */
export function putting(object: unknown, place: Place, value: unknown): SentOperation | undefined {
  const there = valueAt(object, place) !== undefined;
  if (value === undefined) return there ? sent('remove', pointer(object, place)) : undefined;
  if (there) return sent('replace', pointer(object, place), value);
  const missing = place.findIndex((_, index) => valueAt(object, place.slice(0, index + 1)) === undefined);
  const fields = place.slice(missing).filter(step => typeof step === 'string');
  if (fields.length < place.length - missing) return undefined;
  const nested = fields.slice(1).reduceRight<unknown>((inner, field) => ({ [field]: inner }), value);
  return sent('add', pointer(object, place.slice(0, missing + 1)), nested);
}

/** A place as people call it: `image of container web`. */
export function placeName(place: Place): string {
  const container = place.find(step => typeof step !== 'string');
  const steps = place.filter(step => typeof step === 'string');
  if (typeof container === 'object') {
    const list = place.includes('initContainers') ? 'initContainer' : 'container';
    return `${steps.slice(4).join('.')} of ${list} ${container.named}`;
  }
  return steps.join('.');
}

function sent(op: SentOperation['op'], path: string, value?: unknown): SentOperation {
  return { op, path, ...(value !== undefined && { value }) };
}

/** The JSON Pointer (RFC 6901) of a place in this very object. */
function pointer(object: unknown, place: Place): string {
  const tokens = place.map((step, index) => {
    if (typeof step === 'string') return step.replaceAll('~', '~0').replaceAll('/', '~1');
    const list = valueAt(object, place.slice(0, index));
    return String(Array.isArray(list) ? list.findIndex(entry => nameOf(entry) === step.named) : -1);
  });
  return tokens.map(token => `/${token}`).join('');
}

function nameOf(entry: unknown): unknown {
  return isRecord(entry) ? entry['name'] : undefined;
}
