import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CHART } from '../parts/helm.ts';

/** What is read here of the schema. */
export interface Shape {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly enum?: readonly string[] | undefined;
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, Shape>> | undefined;
  readonly items?: Shape | undefined;
}
const Shape: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    description: z.string().optional(),
    default: z.unknown().optional(),
    enum: z.array(z.string()).optional(),
    additionalProperties: z.unknown().optional(),
    properties: z.record(z.string(), Shape).optional(),
    items: Shape.optional(),
  }),
);

export const SCHEMA = Shape.parse(JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')));
export const VALUES: unknown = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'));

export interface Value {
  readonly path: readonly string[];
  readonly shape: Shape;
}

/** Every value, and whatever holds some. */
function valuesOf({ properties = {} }: Shape, above: readonly string[] = []): readonly Value[] {
  return Object.entries(properties).flatMap(([name, shape]) => {
    const path = [...above, name];
    return path[0] === 'global' ? [] : [{ path, shape }, ...valuesOf(shape, path)];
  });
}

/** Every value, and whatever holds some. */
export const ALL = valuesOf(SCHEMA);
/** What has a default of its own. */
export const LEAVES = ALL.filter(
  ({ path, shape }) => !holdsOthers(shape) && !ALL.some(above => isWhole(above) && startsWith(path, above.path)),
);
export function hasNames({ properties = {} }: Shape): boolean {
  return Object.keys(properties).length > 0;
}

/** It has no default of its own: those that it holds have. */
export function holdsOthers(shape: Shape): boolean {
  return hasNames(shape) && !isWhole({ shape });
}

/** Such as resources: what is in it has its default from above. */
function isWhole({ shape }: Pick<Value, 'shape'>): boolean {
  const preset = z.record(z.string(), z.unknown()).safeParse(shape.default);
  return hasNames(shape) && preset.success && Object.keys(preset.data).length > 0;
}
function startsWith(path: readonly string[], above: readonly string[]): boolean {
  return path.length > above.length && above.every((name, n) => path[n] === name);
}

/** The variables of the operator have no default here. */
export function isVariable({ path: [top = '', name] }: Value): boolean {
  return name !== undefined && (top === 'settings' || top === 'credentials');
}

/** `{a: {b: value}}` of the path a, b. */
export function nested([name = '', ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  return { [name]: rest.length === 0 ? value : nested(rest, value) };
}

/** Objects in objects, of both; where neither is one, the second counts. */
export function merged(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const Part = z.record(z.string(), z.unknown());
  const entries = Object.entries(b).map(([name, value]) => {
    const [x, y] = [Part.safeParse(a[name]), Part.safeParse(value)];
    return [name, x.success && y.success ? merged(x.data, y.data) : value];
  });
  return { ...a, ...Object.fromEntries(entries) };
}

export function at(values: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  return name === undefined ? values : at(z.record(z.string(), z.unknown()).parse(values)[name], rest);
}
