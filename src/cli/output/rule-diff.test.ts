import { expect, it } from 'vitest';
import { ruleDiff } from './rule-diff.ts';

const sides = (from: string, to: string) => ({ from: { name: 'old', text: from }, to: { name: 'new', text: to } });
const lines = (prefix: string) => Array.from({ length: 3_000 }, (_, n) => `${prefix}${n}\n`).join('');

it('is what diff -u writes', () => {
  expect(ruleDiff(sides('a\nb\nc\n', 'a\nB\nc\n'), { colour: false })).toBe('--- old\n+++ new\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n');
});

it('shows texts that have too little in common one after the other', () => {
  const shown = ruleDiff(sides(lines('old'), lines('new')), { colour: false });
  expect(shown).toBe(`--- old\n+++ new\n${lines('-old')}${lines('+new')}`);
});
