import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { valuesYaml } from './values-yaml.ts';

const yamlOf = (values: z.ZodType): string => valuesYaml(z.toJSONSchema(values, { io: 'input', target: 'draft-7' }));

describe('values as YAML', () => {
  it('stand below what they do, each with its default', () => {
    const values = z.strictObject({
      replicas: z.int().default(2).describe('How many.'),
      image: z
        .strictObject({ tag: z.string().default('').describe('Which.') })
        .prefault({})
        .describe('What runs.'),
    });
    expect(yamlOf(values)).toBe(`# How many.
replicas: 2

# What runs.
image:
  # Which.
  tag: ''
`);
  });

  it('that have no default are comments, below an object that is there all the same', () => {
    const values = z.strictObject({
      settings: z
        .strictObject({ LEVEL: z.string().optional().describe('How much.') })
        .default({})
        .describe('The rest.'),
    });
    const yaml = yamlOf(values);
    expect(yaml).toBe(`# The rest.
settings: {}
  # How much.
  # LEVEL:
`);
    expect(parse(yaml)).toEqual({ settings: {} });
  });

  it('are the defaults once they are read again, whatever these look like', () => {
    const preset = { list: ['a: b', '# c', 'yes'], map: { grafana_dashboard: '1', 'a.b/c': 'on' }, text: '0123', none: [], no: false };
    const values = z.strictObject({
      list: z.array(z.string()).default(preset.list).describe('x'),
      map: z.record(z.string(), z.string()).default(preset.map).describe('x'),
      text: z.string().default(preset.text).describe('x'),
      none: z.array(z.string()).default([]).describe('x'),
      no: z.boolean().default(false).describe('x'),
      within: z
        .strictObject({ map: z.record(z.string(), z.string()).default(preset.map).describe('x') })
        .prefault({})
        .describe('x'),
    });
    expect(parse(yamlOf(values), { version: '1.1' })).toEqual({ ...preset, within: { map: preset.map } });
  });

  it('have comments that no line of which is longer than 140 characters, also deep within', () => {
    const long = `${'word '.repeat(100)}end.`;
    const deep = z.strictObject({
      a: z
        .strictObject({
          b: z
            .strictObject({ c: z.string().default('').describe(long) })
            .prefault({})
            .describe(long),
        })
        .prefault({})
        .describe(long),
    });
    const comments = yamlOf(deep)
      .split('\n')
      .filter(line => line.trimStart().startsWith('#'));
    expect(Math.max(...comments.map(line => line.length))).toBeLessThanOrEqual(140);
    expect(comments.map(line => line.trim().slice(2)).join(' ')).toBe([long, long, long].join(' '));
  });
});
