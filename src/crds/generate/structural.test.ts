import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { withNeeded } from '../rule.ts';
import { fieldRows, fieldTable } from './field-rows.ts';
import { structural } from './structural.ts';

const text = z.string().describe('Text.');

describe('structural', () => {
  it('keeps what a CRD can say', () => {
    const schema = z.object({
      name: z
        .string()
        .min(1)
        .max(9)
        .regex(/^a\/b$/)
        .describe('Name.'),
      count: z.int32().min(1).max(5).default(2).describe('Count.'),
      big: z.int().describe('Big.').optional(),
      kind: z.enum(['A', 'B']).describe('Kind.'),
      labels: z.record(z.string(), text).describe('Labels.').optional(),
      list: z.array(text).max(3).meta({ 'x-kubernetes-list-type': 'set' }).describe('List.').optional(),
      at: z.string().meta({ format: 'date-time' }).describe('At.').optional(),
      inner: z
        .object({ text })
        .describe('Inner.')
        .meta({ 'x-kubernetes-validations': [{ rule: 'true', message: 'm' }] })
        .optional(),
    });
    expect(structural(schema)).toEqual({
      type: 'object',
      required: ['name', 'kind'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 9, pattern: '^a/b$', description: 'Name.' },
        count: { type: 'integer', format: 'int32', minimum: 1, maximum: 5, default: 2, description: 'Count.' },
        big: { type: 'integer', format: 'int64', description: 'Big.' },
        kind: { type: 'string', enum: ['A', 'B'], description: 'Kind.' },
        labels: { type: 'object', additionalProperties: { type: 'string', description: 'Text.' }, description: 'Labels.' },
        list: {
          type: 'array',
          maxItems: 3,
          items: { type: 'string', description: 'Text.' },
          'x-kubernetes-list-type': 'set',
          description: 'List.',
        },
        at: { type: 'string', format: 'date-time', description: 'At.' },
        inner: {
          type: 'object',
          required: ['text'],
          properties: { text: { type: 'string', description: 'Text.' } },
          'x-kubernetes-validations': [{ rule: 'true', message: 'm' }],
          description: 'Inner.',
        },
      },
    });
  });

  it.each([
    ['a field without a description', z.object({ a: z.string() }), /a: the field has no description/],
    ['a list whose entries have none', z.object({ a: z.array(z.string()).describe('A.') }), /a\[\]: the field has no description/],
    ['a union', z.object({ a: z.union([z.string(), z.boolean()]).describe('A.') }), /cannot say "union"/],
    ['a tuple', z.object({ a: z.tuple([z.string()]).describe('A.') }), /cannot say "tuple"/],
    ['anything', z.object({ a: z.unknown().describe('A.') }), /has no type/],
    ['null', z.object({ a: z.string().nullable().describe('A.') }), /cannot say "nullable"/],
    ['a transform', z.object({ a: z.string().transform(Number).describe('A.') }), /cannot say "(pipe|transform)"/],
    ['a fallback', z.object({ a: z.string().catch('x').describe('A.') }), /cannot say "catch"/],
    ['a pattern with flags', z.object({ a: z.string().regex(/^a$/i).describe('A.') }), /no flags of regular expressions/],
    ['a reference', z.object({ a: z.object({ b: text }).meta({ id: 'Shared' }).describe('A.') }), /no "(id|\$ref|allOf)"|has no type/],
  ])('refuses %s', (_, schema, message) => {
    expect(() => structural(schema)).toThrow(message);
  });
});

it('leaves to a rule with a sentence what a rule asks for, and people read all the same that it is required', () => {
  const schema = withNeeded(z.object({ name: text, key: text, more: text.optional() }), { key: 'say which' });
  const node = structural(schema);
  expect(node).toMatchObject({
    required: ['name'],
    'x-kubernetes-validations': [{ rule: 'has(self.key)', message: 'say which', reason: 'FieldValueRequired', fieldPath: '.key' }],
  });
  expect(fieldRows(node).map(({ path, required }) => [path, required])).toEqual([
    ['name', true],
    ['key', true],
    ['more', false],
  ]);
  expect(structural(withNeeded(z.object({ key: text }), { key: 'say which' }))).not.toHaveProperty('required');
});

it('lists fields with their parents before them', () => {
  const schema = z.object({ list: z.array(z.object({ text }).describe('One.')).describe('List.'), name: text.default('n') });
  expect(fieldRows(structural(schema)).map(row => [row.path, row.type, row.required, row.default])).toEqual([
    ['list', 'list of object', true, undefined],
    ['list[].text', 'string', true, undefined],
    ['name', 'string', false, 'n'],
  ]);
});

it('shows code in a table as it is, and marks the rest so that nothing is taken for Markdown', () => {
  const schema = z.object({ expr: z.string().describe('Such as `a_b{c=~"d|e"} > 0`; not *this*_one.') });
  expect(fieldTable(fieldRows(structural(schema)))).toContain(String.raw`| Such as ${'`'}a_b{c=~"d\|e"} > 0${'`'}; not \*this\*\_one. |`);
});
