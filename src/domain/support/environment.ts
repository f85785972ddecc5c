import { isRecord } from '../text/json.ts';
import { type Fields, fieldsAt, textAt } from '../text/json-fields.ts';

/** What is known of a variable that the operator reads. */
export interface KnownVariable {
  readonly env: string;
  readonly secret: boolean;
  readonly default?: string | undefined;
}

/** One variable of a container as it may be shown. */
export interface ShownVariable {
  readonly variable: string;
  readonly state: 'set' | 'not set';
  /** Only of variables that are known to hold no secret. */
  readonly value?: string;
  /** Where it comes from; of a Secret and a ConfigMap the name, never what is in it. */
  readonly from: string;
}

/** By name; of a secret variable `NAME_FILE` is known as well, and holds a path. */
export function variablesByName(known: readonly KnownVariable[]): ReadonlyMap<string, KnownVariable> {
  const files = known.filter(({ secret }) => secret).map(({ env }) => ({ env: `${env}_FILE`, secret: false }));
  return new Map([...files, ...known].map(each => [each.env, each]));
}

/** How a container is set up: its own variables, what whole Secrets and ConfigMaps bring, and what is left at its default. */
export function shownEnvironment(container: Fields, known: readonly KnownVariable[]) {
  const byName = variablesByName(known);
  const variables = listAt(container, 'env').map(entry => shownVariable(entry, byName));
  const named = new Set(variables.map(({ variable }) => variable));
  const others = known.filter(({ env, secret }) => !named.has(env) && !(secret && named.has(`${env}_FILE`)));
  return { variables, allOf: listAt(container, 'envFrom').map(sourceOf), notNamed: others.map(absent) };
}

function absent({ env, secret, default: fallback }: KnownVariable): ShownVariable {
  const value = secret || fallback === undefined ? {} : { value: fallback };
  return { variable: env, state: 'not set', ...value, from: fallback === undefined || secret ? 'nowhere' : 'its default' };
}

function shownVariable(entry: Fields, byName: ReadonlyMap<string, KnownVariable>): ShownVariable {
  const variable = textAt(entry, 'name') ?? '';
  if (isRecord(entry['valueFrom'])) return { variable, state: 'set', from: sourceOf(entry['valueFrom']) };
  const value = textAt(entry, 'value');
  if (value === undefined) return { variable, state: 'not set', from: 'an empty value' };
  return { variable, state: 'set', ...(maySay(variable, byName) && { value }), from: 'a plain value' };
}

/** Nobody knows what other names hold. */
export function maySay(variable: string, byName: ReadonlyMap<string, KnownVariable>): boolean {
  return byName.get(variable)?.secret === false;
}

const SOURCES: readonly (readonly [field: string, kind: string])[] = [
  ['secretKeyRef', 'Secret'],
  ['secretRef', 'Secret'],
  ['configMapKeyRef', 'ConfigMap'],
  ['configMapRef', 'ConfigMap'],
];

function sourceOf(source: Fields): string {
  for (const [field, kind] of SOURCES) {
    const ref = source[field];
    if (!isRecord(ref)) continue;
    const key = textAt(ref, 'key');
    return `${kind} ${textAt(ref, 'name') ?? ''}${key === undefined ? '' : `, key ${key}`}`;
  }
  const path = textAt(fieldsAt(source, 'fieldRef'), 'fieldPath') ?? textAt(fieldsAt(source, 'resourceFieldRef'), 'resource');
  return path === undefined ? 'elsewhere' : `field ${path}`;
}

/** The objects of a list; none where there is no list. */
export function listAt(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
