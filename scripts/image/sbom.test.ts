import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { sbom } from './sbom.ts';

const ROOT = join(import.meta.dirname, '../..');

const Licence = z.union([
  z.strictObject({ license: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9.-]+$/) }) }),
  z.strictObject({ expression: z.string() }),
]);
const Component = z.strictObject({
  type: z.literal('library'),
  group: z.string().startsWith('@').optional(),
  name: z.string().regex(/^[^/@]+$/),
  version: z.string().regex(/^\d+\.\d+\.\d+/),
  licenses: z.array(Licence).length(1),
  'bom-ref': z.string(),
  purl: z.string().regex(/^pkg:npm\/(?:%40[^/@]+\/)?[^/@]+@\d[^@]*$/),
  hashes: z.array(z.strictObject({ alg: z.literal('SHA-512'), content: z.string().regex(/^[0-9a-f]{128}$/) })).length(1),
});
/** What CycloneDX 1.6 asks of the parts that are written. */
const Bom = z.strictObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.6'),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  version: z.literal(1),
  metadata: z.strictObject({ component: z.looseObject({ type: z.literal('application'), 'bom-ref': z.string() }) }),
  components: z.array(Component),
  dependencies: z.array(z.strictObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

it('has the shape of CycloneDX, with a licence and a package URL for each package, and the hash that the lock file has', () => {
  const { components } = Bom.parse(JSON.parse(sbom(ROOT)));
  expect(components.length).toBeGreaterThan(100);
  expect(components.find(({ name }) => name === 'client-node')).toMatchObject({
    group: '@kubernetes',
    purl: expect.stringMatching(/^pkg:npm\/%40kubernetes\/client-node@2\./),
  });
});

it('names each package once, and leads from the operator to every one of them', () => {
  const { metadata, components, dependencies } = Bom.parse(JSON.parse(sbom(ROOT)));
  const refs = components.map(component => component['bom-ref']);
  expect(new Set(refs).size).toBe(refs.length);
  const needs = new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const reached = new Set([metadata.component['bom-ref']]);
  for (const ref of reached) for (const next of needs.get(ref) ?? []) reached.add(next);
  reached.delete(metadata.component['bom-ref']);
  expect([...reached].toSorted()).toEqual(refs.toSorted());
});

it('is the same whenever it is made', () => {
  expect(sbom(ROOT)).toBe(sbom(ROOT));
});
