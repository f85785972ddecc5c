import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { Root } from '../parts/installed.ts';
import { describedRoutes, wholeApi } from './whole-api.ts';

const Media = z.object({ content: z.object({ 'application/json': z.object({ schema: z.record(z.string(), z.json()) }) }) });
const Operation = z.object({
  summary: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()),
  requestBody: Media.optional(),
  responses: z.record(z.string(), Media),
});
type Operation = z.infer<typeof Operation>;

/** Of the routes about repairs, whether each takes a body. */
const ROUTES: readonly (readonly [string, boolean])[] = [
  ['post /api/v1/repairs/outcomes', true],
  ['get /api/v1/repairs/pause', false],
  ['post /api/v1/repairs/pause', true],
  ['post /api/v1/repairs/resume', false],
  ['get /api/v1/learning/summary/{anomaly_key}', false],
  ['get /api/v1/learning/recommendation/{anomaly_key}', false],
  ['get /api/v1/learning/smart-recommendation/{anomaly_key}', false],
  ['post /api/v1/approvals', true],
  ['get /api/v1/approvals', false],
  ['get /api/v1/approvals/{id}', false],
  ['post /api/v1/approvals/{id}/approve', true],
  ['post /api/v1/approvals/{id}/reject', true],
  ['post /api/v1/approvals/{id}/withdraw', true],
];
const TAGS = ['approvals', 'learning', 'repairs'];

const operations = new Map<string, Operation>();

beforeAll(async () => {
  for (const [route, described] of await describedRoutes(wholeApi())) {
    const read = Operation.safeParse(described);
    if (read.success) operations.set(route, read.data);
  }
});

function operation(route: string): Operation {
  const found = operations.get(route);
  if (!found) throw new Error(`OpenAPI does not describe ${route}`);
  return found;
}

/** Each example of a schema, of its alternatives and of its parts, that the schema beside it refuses. */
function wrong(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const below = Object.entries(schema).flatMap(([key, part]) => (key === 'example' ? [] : wrong(part)));
  if (!('example' in schema)) return below;
  const { example, ...rest } = schema;
  const taken = z.fromJSONSchema(rest, { defaultTarget: 'openapi-3.0' }).safeParse(example);
  return taken.success ? below : [...below, z.prettifyError(taken.error)];
}

/** Its own, or those of one of its alternatives. */
function hasExample(schema: Readonly<Record<string, unknown>>): boolean {
  if ('example' in schema) return true;
  return z.array(z.record(z.string(), z.unknown())).catch([]).parse(schema['anyOf']).some(hasExample);
}

const schemaOf = ({ content }: z.infer<typeof Media>) => content['application/json'].schema;

it('describes every route about repairs, and no other under their tags', () => {
  const described = [...operations].filter(([, { tags }]) => tags.some(tag => TAGS.includes(tag))).map(([route]) => route);
  expect(described.toSorted()).toEqual(ROUTES.map(([route]) => route).toSorted());
});

it('names each of them on the page about learning', () => {
  const page = readFileSync(join(Root, 'docs/learning.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(GET|POST) (\S+)` \|/gm)].map(([, method = '', path = '']) => `${method.toLowerCase()} ${path}`);
  expect(rows.toSorted()).toEqual(ROUTES.map(([route]) => route).toSorted());
});

it.each(ROUTES)('says what %s is for, with an example of what it takes and answers', (route, takesBody) => {
  const { summary, description, requestBody, responses } = operation(route);
  expect([summary, description]).toEqual([expect.stringMatching(/^[A-Z].{9,}/), expect.stringMatching(/^[A-Z].{19,}\.$/)]);
  expect(requestBody && hasExample(schemaOf(requestBody))).toBe(takesBody ? true : undefined);
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  expect(good.map(([, answer]) => hasExample(schemaOf(answer)))).toEqual([true]);
});

it.each(ROUTES)('has examples for %s that its own schemas take', route => {
  const { requestBody, responses } = operation(route);
  const schemas = [...(requestBody ? [requestBody] : []), ...Object.values(responses)].map(schemaOf);
  expect(schemas.flatMap(wrong)).toEqual([]);
});
