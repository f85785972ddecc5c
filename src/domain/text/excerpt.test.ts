import { expect, it } from 'vitest';
import { excerpt } from './excerpt.ts';

it('is one line without control, invisible and bidirectional characters', () => {
  expect(excerpt(' a\r\n\tb\u0000c\u001b[31md\u202ee\u2028f\ud800 ')).toBe('a b c [31md e f');
});

it('is at most 200 characters, and cuts none in two', () => {
  const cut = excerpt('😀'.repeat(300));
  expect([Array.from(cut).length, cut.endsWith('😀…'), cut.includes('\ufffd')]).toEqual([200, true, false]);
  expect(excerpt('x'.repeat(200))).toBe('x'.repeat(200));
});

it('hides secrets, also one that the cut would have split, and one torn apart by control characters', () => {
  expect(excerpt('token=s3cret! and s3cret!', ['s3cret!'])).toBe('token=*** and ***');
  expect(excerpt(`${'x'.repeat(195)}hunter22-and-more`, ['hunter22-and-more'])).not.toContain('hunter');
  expect(excerpt('hun\u0000ter two', ['hun ter two'])).toBe('***');
  expect(excerpt('is hunter  two', ['hunter  two'])).toBe('is ***');
});

it('looks at the beginning of a long text alone, and shows no half of a secret that is cut off there', () => {
  const blanks = ' '.repeat(64 * 1024 - 8);
  for (const ahead of [0, 4, 16 * 1024 - 4, 16 * 1024]) {
    expect(excerpt(`${blanks}${' '.repeat(ahead)}hunter22-and-more${'x'.repeat(100_000)}`, ['hunter22-and-more'])).not.toContain('hunter');
  }
  expect(excerpt(`begins so${' '.repeat(1_000_000)}`)).toBe('begins so');
});

it('takes a time that does not grow with the square of the text', () => {
  const began = performance.now();
  excerpt(' \u0000'.repeat(500_000));
  // Squared it would be minutes.
  expect(performance.now() - began).toBeLessThan(10_000);
});
