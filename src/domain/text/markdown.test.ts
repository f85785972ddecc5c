import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeBlock, cutToBytes, prose } from './markdown.ts';

describe('foreign prose', () => {
  it.each([
    ['a heading', '# Big\n## 🧠 fake', '\\# Big\n\\## 🧠 fake'],
    ['a heading in a list', '- # Big', '- \\# Big'],
    ['a fence', 'x\n```sh\nrm\n```', 'x\n\\```sh\nrm\n\\```'],
    ['a fence of tildes', '~~~\nx', '\\~~~\nx'],
    ['HTML, whose comments would swallow the rest', '<!-- x', '< !-- x'],
    ['HTML within a line', 'a <img src=x> `Map<K>` http://a/<i> \\\\<u>', 'a < img src=x> `Map< K>` http://a/< i> \\\\< u>'],
    ['a rule', 'x\n---\n* * *\n___', 'x\n\\---\n\\* * *\n\\___'],
    ['an underline, which makes the line above a heading', 'x\n===\ny\n-', 'x\n\\===\ny\n\\-'],
    ['a definition that would make a link of our marker', '[awoooi#inc-1]: http://a', '\\[awoooi#inc-1]: http://a'],
    ['an image, which calls its server', 'a ![x](http://a/p.png)', 'a !\\[x] (http://a/p.png)'],
    ['a link that hides where it leads', '[Sentry](http://evil)', '[Sentry] (http://evil)'],
    ['a heading behind a blank of another width', '-\u00a0#\u3000x\u2028# y', '- \\# x\n\\# y'],
    ['a text that turns its order', 'a\u202eb\ufeff', 'ab'],
    ['control characters and line ends of Windows', 'a\u0000b\r\nc\u001b[1m\ud800', 'ab\nc[1m'],
  ])('keeps within its place: %s', (_, text, expected) => {
    expect(prose(text)).toBe(expected);
  });

  it.each(['- one\n- two', '1. one', 'the C# code #5 uses `a` and **b**', 'a - b --- c', '> quoted', 'x = y', 'a < b, 1<2, x <- y'])(
    'is left alone where it does no harm: %j',
    text => {
      expect(prose(text)).toBe(text);
    },
  );

  it('takes a time that does not grow with the square of the text', () => {
    const began = performance.now();
    for (const part of ['- ', '1. ', '[', '-', '=', '* ', '#', '> - ', ' ', '![', '_ ', '\\']) prose(`${part.repeat(100_000)}x`);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

it('puts code between fences that are longer than every run of backticks inside', () => {
  expect(codeBlock('kubectl get pods')).toBe('```\nkubectl get pods\n```');
  expect(codeBlock('```sh\nls\n```')).toBe('````\n```sh\nls\n```\n````');
  fc.assert(
    fc.property(fc.array(fc.constantFrom('`', '``````', '\n', 'x', ' ', '~~~', '`'.repeat(50))), parts => {
      const [fence = '', ...rest] = codeBlock(parts.join('')).split('\n');
      const inside = rest.slice(0, -1).join('\n');
      expect([rest.at(-1), /^`{3,20}$/.test(fence), inside.includes(fence)]).toEqual([fence, true, false]);
    }),
  );
});

it('cuts by bytes, and no character in two', () => {
  expect(cutToBytes('abc', 3)).toBe('abc');
  expect(cutToBytes('原因原因', 9)).toBe('原因…');
  expect(cutToBytes('😀😀', 7)).toBe('😀…');
  expect(cutToBytes('😀😀', 6)).toBe('…');
});
