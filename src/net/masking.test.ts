import { describe, expect, it } from 'vitest';
import { excerpt, masked } from './masking.ts';

describe('masked', () => {
  it.each([
    ['a given secret', 'key s3cr3t/+ used', ['s3cr3t/+'], 'key *** used'],
    ['one that is percent-encoded', '?k=s3cr3t%2F%2B', ['s3cr3t/+'], '?k=***'],
    ['one that is escaped in JSON', String.raw`{"p":"a\"b\\c"}`, ['a"b\\c'], '{"p":"***"}'],
    ['one in base64', `got ${Buffer.from('s3cr3t').toString('base64')}`, ['s3cr3t'], 'got ***'],
    ['the longer of two before the shorter', 'token-one', ['token', 'token-one'], '***'],
    ['one with a trailing newline', 'key s3cr3t used', ['s3cr3t\n'], 'key *** used'],
    ['an empty one not at all', 'abc', ['', ' '], 'abc'],
    ['a bot token in a path', 'POST https://api.telegram.org/bot123:AbC-d_e/getMe', [], 'POST https://api.telegram.org/bot***/getMe'],
    ['an encoded bot token in a path', '/bot123%3AAbC-d_e/getMe', [], '/bot***/getMe'],
    ['a bare bot token', 'token 123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw', [], 'token ***'],
    ['userinfo in a URL', 'http://user:hunter2@host/x', [], 'http://***@host/x'],
    ['userinfo with an at sign', 'redis://:a@b@host:6379', [], 'redis://***@host:6379'],
    ['user alone', 'https://token@host', [], 'https://***@host'],
  ])('hides %s', (_, text, secrets, expected) => {
    expect(masked(text, secrets)).toBe(expected);
  });

  it.each(['robot 1:2', 'http://host:8000/a@b', 'mail a@b.example', '2026-01-01T10:00:00Z', 'http://host/?q=a@b'])(
    'leaves %j alone',
    text => {
      expect(masked(text)).toBe(text);
    },
  );
});

describe('excerpt', () => {
  it('is one line without control, invisible and bidirectional characters', () => {
    expect(excerpt(' a\r\n\tb\u0000c\u001b[31md\u202ee\u2028f\ud800 ')).toBe('a b c [31md e f');
  });

  it('is at most 200 characters, and cuts none in two', () => {
    const cut = excerpt('😀'.repeat(300));
    expect([Array.from(cut).length, cut.endsWith('😀…'), cut.includes('\ufffd')]).toEqual([200, true, false]);
    expect(excerpt('x'.repeat(200))).toBe('x'.repeat(200));
  });

  it('hides a secret that the cut would have split, and one torn apart by control characters', () => {
    expect(excerpt(`${'x'.repeat(195)}hunter22-and-more`, ['hunter22-and-more'])).not.toContain('hunter');
    expect(excerpt('hun\u0000ter two', ['hun ter two'])).toBe('***');
    expect(excerpt('is hunter  two', ['hunter  two'])).toBe('is ***');
  });
});

it.each([
  ['dots', 'a.'],
  ['letters', 'a'],
  ['digits', '1'],
  ['schemes', 'a://'],
  ['at signs', '@'],
  ['bots', 'bot1:'],
  ['blanks', ' \u0000'],
  ['tokens', '123456:'],
])('takes a time that does not grow with the square of the text: %s', (_, part) => {
  const timed = (length: number): number => {
    const text = part.repeat(length / part.length);
    const began = performance.now();
    excerpt(text);
    return performance.now() - began;
  };
  timed(1_000);
  // Squared it would be minutes.
  expect(timed(1_000_000)).toBeLessThan(10_000);
});
