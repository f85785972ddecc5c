import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const FOLDER = join(import.meta.dirname, '../../config/crd');
const CRDS = readdirSync(FOLDER).filter(name => name !== 'kustomization.yaml');

/** The names of all fields below a schema. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === 'properties' && typeof value === 'object' && value !== null ? Object.keys(value) : []),
    ...fieldsOf(value),
  ]);
}

it.each(CRDS)('names no namespace in its spec: what it refers to lies in its own', name => {
  const { spec } = parse(readFileSync(join(FOLDER, name), 'utf8')).spec.versions[0].schema.openAPIV3Schema.properties;
  const fields = fieldsOf(spec);
  expect(fields.length).toBeGreaterThan(10);
  expect(fields.filter(field => /namespace/i.test(field))).toEqual([]);
});
