import { type Fields, fieldsAt, textAt } from '../text/json-fields.ts';
import { isRecord } from '../text/json.ts';

/** The owner of an object that makes and changes it: the one of metadata.ownerReferences with `controller: true`. */
export interface Controller {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export const metadataOf = (object: Fields): Fields => fieldsAt(object, 'metadata');
export const specOf = (object: Fields): Fields => fieldsAt(object, 'spec');
export const uidOf = (object: Fields): string => textAt(metadataOf(object), 'uid') ?? '';
export const nameOf = (object: Fields): string => textAt(metadataOf(object), 'name') ?? '';
export const annotation = (object: Fields, key: string): string | undefined => textAt(fieldsAt(metadataOf(object), 'annotations'), key);
export const label = (object: Fields, key: string): string | undefined => textAt(fieldsAt(metadataOf(object), 'labels'), key);

export function controllerOf(object: Fields): Controller | undefined {
  const owner = recordsAt(metadataOf(object), 'ownerReferences').find(entry => entry['controller'] === true);
  if (!owner) return undefined;
  const [apiVersion = '', kind = '', name = '', uid = ''] = ['apiVersion', 'kind', 'name', 'uid'].map(field => textAt(owner, field));
  return { apiVersion, kind, name, uid };
}

/** The objects of a list in a field; none where there is no list. */
export function recordsAt(fields: Fields, name: string): readonly Fields[] {
  const list = fields[name];
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

/** A whole number in a field. */
export function countAt(fields: Fields, name: string, otherwise = 0): number {
  const value = fields[name];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : otherwise;
}

/** Why nothing can be changed of an object that is on its way out. */
export function leaving(what: string, object: Fields): string | undefined {
  const since = textAt(metadataOf(object), 'deletionTimestamp');
  if (since === undefined) return undefined;
  const held = finalizersOf(object);
  const by = held.length > 0 ? `, held by its finalizers ${held.join(', ')}` : '';
  return `${what} is being deleted since ${since}${by}: make it anew, or see to what holds it, and ask again`;
}

export function finalizersOf(object: Fields): readonly string[] {
  const list = metadataOf(object)['finalizers'];
  return Array.isArray(list) ? list.filter(entry => typeof entry === 'string') : [];
}
