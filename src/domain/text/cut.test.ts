import { expect, it } from 'vitest';
import { cut } from './cut.ts';

it.each([
  ['what fits', 'abc', 3, '…', 'abc'],
  ['what does not', 'abcd', 3, '…', 'ab…'],
  ['a character of two units, whole or not at all', 'a\u{1f525}b', 3, '…', 'a…'],
  ['without an end', 'a\u{1f525}b', 2, '', 'a'],
  ['with an end that is longer than there is room', 'abcdef', 2, ' [cut]', ' [cut]'],
])('keeps %s', (_, text, limit, end, kept) => {
  expect(cut(text, limit, end)).toBe(kept);
});
