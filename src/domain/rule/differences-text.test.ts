import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RuleDifference } from './differences.ts';
import { differencesText } from './differences-text.ts';

const one = (difference: RuleDifference): string => differencesText([difference], { most: 5 });

describe('says in a line', () => {
  it.each<[string, RuleDifference, string]>([
    [
      'a number',
      { pointer: '/condition/thresholds/critical/target', want: 0.1, have: 0.05 },
      'condition.thresholds.critical.target: 0.05 → 0.1',
    ],
    ['what comes', { pointer: '/labels/team', want: 'a' }, 'labels.team: nothing → "a"'],
    ['what goes', { pointer: '/labels/team', have: 'a' }, 'labels.team: "a" → nothing'],
    ['a list', { pointer: '/notificationSettings/groupBy', want: ['a', 'b'] }, 'notificationSettings.groupBy: nothing → ["a","b"]'],
    ['a place in a list', { pointer: '/a/queries/0/spec', want: 1, have: 2 }, 'a.queries[0].spec: 2 → 1'],
    ['a name that is not plain', { pointer: '/labels/a~1b.c', want: 1, have: 2 }, 'labels["a/b.c"]: 2 → 1'],
    ['the whole', { pointer: '', want: 1, have: 2 }, 'rule: 2 → 1'],
    ['a text of several lines', { pointer: '/a', want: 'x\ny', have: '\u001b[31m' }, 'a: "\\u001b[31m" → "x\\ny"'],
    ['what turns lines or moves a cursor', { pointer: '/a', want: '\u202ex\u009b', have: '\u2028' }, 'a: "\\u2028" → "\\u202ex\\u009b"'],
  ])('%s', (_, difference, expected) => {
    expect(one(difference)).toBe(expected);
  });
});

it('cuts a long value, and a long name', () => {
  const text = one({ pointer: `/labels/${'n'.repeat(1000)}`, want: 'w'.repeat(1000), have: { a: 'h'.repeat(1000) } });
  expect(text).toMatch(/^labels\.n+…: \{"a":"h+… → "w+…$/);
  expect(text.length).toBeLessThan(330);
});

it('shows two long texts where they part', () => {
  const same = 'sum(rate(x[5m])) + '.repeat(20);
  expect(one({ pointer: '/q', want: `${same}new`, have: `${same}old` })).toBe(
    'q: "…(x[5m])) + sum(rate(x[5m])) + old" → "…(x[5m])) + sum(rate(x[5m])) + new"',
  );
});

it('halves no character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 40, maxLength: 300 }), fc.nat({ max: 300 }), (text, at) => {
      const have = `${text.slice(0, at)}🛰${text}`.toWellFormed();
      const want = `${text.slice(0, at)}🛱${text}`.toWellFormed();
      const line = one({ pointer: '/a', want, have });
      // JSON writes half a character as an escape.
      expect(line).not.toMatch(/\\ud/);
      expect(line.split('\n')).toHaveLength(1);
    }),
  );
});

it('says how many lines more there are', () => {
  const all = ['a', 'b', 'c', 'd'].map(name => ({ pointer: `/${name}`, want: 1, have: 2 }));
  expect(differencesText(all, { most: 2 })).toBe('a: 2 → 1\nb: 2 → 1\nand 2 more');
  expect(differencesText(all, { most: 4 }).split('\n')).toHaveLength(4);
  expect(differencesText([], { most: 2 })).toBe('');
});
