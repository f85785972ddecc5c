import { z } from 'zod';

/** A node of the structural OpenAPI schema of a CRD. */
export type StructuralNode = { readonly [key: string]: unknown };

const KEPT = new Set(['type', 'description', 'format', 'pattern', 'enum', 'default', 'nullable', 'required', 'uniqueItems']);
const BOUNDS = /^(minimum|maximum|exclusiveMinimum|exclusiveMaximum|min(Length|Items|Properties)|max(Length|Items|Properties))$/;
const EXTENSION = /^x-kubernetes-(validations|list-type|list-map-keys|map-type|preserve-unknown-fields)$/;
const KINDS = new Set([
  'object',
  'array',
  'string',
  'boolean',
  'number',
  'int',
  'record',
  'enum',
  'optional',
  'default',
  'prefault',
  'literal',
  'unknown',
]);

/**
 * The structural OpenAPI schema of a zod schema, as apiextensions v1 takes it. Throws, naming the place, for whatever a CRD cannot
 * say (unions, references, transforms, catch, pattern flags) and for a field without a description.
 */
export function structural(schema: z.ZodType): StructuralNode {
  const json: unknown = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    reused: 'inline',
    unrepresentable: 'throw',
    override: ({ zodSchema, path }) => refuseUnsayable(zodSchema, path.join('.')),
  });
  return node(json, 'spec');
}

/** On a node of any type: our own parser alone holds it to something. */
const ANYTHING = 'x-kubernetes-preserve-unknown-fields';

/** What zod would drop or rewrite without a word. */
function refuseUnsayable({ _zod: { def } }: z.core.$ZodTypes, path: string): void {
  if (!KINDS.has(def.type)) throw new Error(`${path}: a CRD schema cannot say "${def.type}"; use a flat object with rules instead`);
  const patterns = (def.checks ?? []).map(({ _zod: check }): unknown => Reflect.get(check.def, 'pattern'));
  if (patterns.every(pattern => !(pattern instanceof RegExp) || pattern.flags === '')) return;
  throw new Error(`${path}: the API server knows no flags of regular expressions; write the pattern without them`);
}

function node(json: unknown, path: string): StructuralNode {
  const schema = record(json, path);
  if (schema[ANYTHING] === true) return { [ANYTHING]: true, description: schema['description'] };
  if (typeof schema['type'] !== 'string') throw new Error(`${path}: the node has no type`);
  const entries = Object.entries(schema).flatMap(([key, value]) => entry(key, value, path));
  return whole(withoutNeeded(Object.fromEntries(entries)));
}

/** What a rule asks for with a sentence of its own, `required` would ask for first and without one. */
function withoutNeeded(schema: StructuralNode): StructuralNode {
  const needed = list(schema['x-kubernetes-validations']).map(rule => Reflect.get(Object(rule), 'fieldPath'));
  const left = list(schema['required']).filter(name => !needed.includes(`.${String(name)}`));
  const entries = Object.entries(schema).map(([key, value]) => [key, key === 'required' ? left : value]);
  return Object.fromEntries(entries.filter(([key]) => key !== 'required' || left.length > 0));
}

function entry(key: string, value: unknown, path: string): [string, unknown][] {
  if (key === 'properties') return [[key, fields(value, path)]];
  if (key === 'items') return [[key, described(value, `${path}[]`)]];
  // Pruning and strict field validation do what `false` would; beside properties the API server refuses it.
  if (key === 'additionalProperties') return value === false ? [] : [[key, described(value, `${path}{}`)]];
  // Of unions nothing comes this far: this one a schema has written out, as the API server takes it.
  if (key === 'anyOf') return [[key, value]];
  if (key === 'pattern') return [[key, String(value).replaceAll(String.raw`\/`, '/')]];
  if (KEPT.has(key) || BOUNDS.test(key) || EXTENSION.test(key)) return [[key, value]];
  throw new Error(`${path}: a structural schema has no "${key}"`);
}

function fields(value: unknown, path: string): StructuralNode {
  const entries = Object.entries(record(value, path)).map(([name, field]) => [name, described(field, `${path}.${name}`)]);
  return Object.fromEntries(entries);
}

function described(value: unknown, path: string): StructuralNode {
  const schema = node(value, path);
  if (typeof schema['description'] !== 'string' || schema['description'] === '') throw new Error(`${path}: the field has no description`);
  return schema;
}

/** Integers get the format that Kubernetes uses, in place of the limits of JavaScript's safe integers. */
function whole(schema: StructuralNode): StructuralNode {
  if (schema['type'] !== 'integer') return schema;
  const { minimum, maximum, ...rest } = schema;
  const format = maximum === Number.MAX_SAFE_INTEGER ? 'int64' : 'int32';
  return { ...rest, format, ...(small(minimum) && { minimum }), ...(small(maximum) && { maximum }) };
}

function record(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${path}: not a schema`);
  return Object.fromEntries(Object.entries(value));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** False for the limits that zod sets by itself. */
function small(limit: unknown): limit is number {
  return typeof limit === 'number' && Math.abs(limit) < 2_147_483_647;
}
