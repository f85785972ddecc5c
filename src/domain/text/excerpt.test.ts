import { describe, expect, it } from 'vitest';
import { excerpt, masked } from './excerpt.ts';

describe('excerpt', () => {
  it.each([
    ['plain text as it is', 'not found', [], 'not found'],
    ['control characters and line ends as one blank', 'a\u0000\u001b[31m\r\n\tb', [], 'a [31m b'],
    ['hidden direction marks', 'a\u202eb', [], 'a b'],
    ['secrets', 'token=s3cret! and s3cret!', ['s3cret!'], 'token=*** and ***'],
    ['secrets as a URL writes them', 'x?t=a%20b%2Fc', ['a b/c'], 'x?t=***'],
    ['secrets as JSON writes them', String.raw`{"t":"a\"bcd"}`, ['a"bcd'], '{"t":"***"}'],
    ['the longer of two that overlap first', 'abcdefgh', ['abcd', 'abcdefgh'], '***'],
    ['secrets that are not well-formed text', 'a\ud800bcd', ['\ud800bcd'], 'a***'],
    ['words too short to be secrets', 'a1 b', ['a1'], 'a1 b'],
  ])('gives %s', (_, text, secrets, expected) => {
    expect(excerpt(text, secrets)).toBe(expected);
  });

  it('cuts at 200 characters without splitting one', () => {
    const cut = excerpt('🙂'.repeat(300));
    expect(Array.from(cut)).toHaveLength(200);
    expect(cut.endsWith('🙂…')).toBe(true);
  });

  it('masks before it cuts, so that half a secret never stays', () => {
    expect(excerpt(`${'x'.repeat(195)}s3cret-token`, ['s3cret-token'])).not.toContain('s3cr');
  });
});

describe('masked', () => {
  it('leaves text without secrets alone', () => {
    expect(masked('a\nb', [])).toBe('a\nb');
  });
});
