import { describe, expect, it } from 'vitest';
import { withCaret } from './caret.ts';

const at = (text: string, part: string): string => {
  const from = text.indexOf(part);
  return withCaret(text, { from, to: from + part.length, message: 'Wrong.' });
};

describe('withCaret', () => {
  it.each([
    ['one line', 'sum(rate(up))', 'up', ['line 1, column 10: Wrong.', 'sum(rate(up))', '         ^^']],
    ['the third of several lines', 'sum(\n  a\n  + bad\n)', 'bad', ['line 3, column 5: Wrong.', '  + bad', '    ^^^']],
    ['a tab before it', '\tbad', 'bad', ['line 1, column 2: Wrong.', '    bad', '    ^^^']],
    ['wide characters before it', 'a{b="中文💥"} bad', 'bad', ['line 1, column 12: Wrong.', 'a{b="中文💥"} bad', '              ^^^']],
    ['a Windows line end', 'a\r\nbad\r\nc', 'bad', ['line 2, column 1: Wrong.', 'bad', '^^^']],
    ['what spans lines, to the end of the first', 'x (a\nb)', '(a\nb)', ['line 1, column 3: Wrong.', 'x (a', '  ^^']],
    [
      'control characters, which would move the caret',
      'a\u0007\u001b bad',
      'bad',
      ['line 1, column 5: Wrong.', 'a\ufffd\ufffd bad', '    ^^^'],
    ],
  ])('shows %s', (_, text, part, lines) => {
    expect(at(text, part).split('\n')).toEqual(lines);
  });

  it('points behind the text where it ends too early, and into nothing of an empty one', () => {
    expect(withCaret('up >', { from: 4, to: 4, message: 'More.' })).toBe('line 1, column 5: More.\nup >\n    ^');
    expect(withCaret('', { from: 0, to: 0, message: 'None.' })).toBe('line 1, column 1: None.\n\n^');
  });

  it('keeps within a text that the place is not in', () => {
    expect(withCaret('up', { from: 9, to: 99, message: 'More.' })).toBe('line 1, column 3: More.\nup\n  ^');
  });

  it.each([
    ['the middle', 500],
    ['the beginning', 2],
    ['the end', 997],
  ])('cuts a long line around the caret in %s', (_, place) => {
    const text = `${'a'.repeat(place)}BAD${'z'.repeat(1000 - place)}`;
    const [head = '', line = '', carets = ''] = at(text, 'BAD').split('\n');
    expect(head).toBe(`line 1, column ${place + 1}: Wrong.`);
    expect(line.length).toBeLessThanOrEqual(122);
    expect(line.slice(carets.indexOf('^'), carets.length)).toBe('BAD');
  });

  it('cuts what is meant itself where it is too long', () => {
    const [, line = '', carets = ''] = at(`up + ${'b'.repeat(900)} + c`, 'b'.repeat(900)).split('\n');
    expect(line.length).toBeLessThanOrEqual(122);
    expect(carets.length).toBeLessThanOrEqual(122);
    expect(carets).toMatch(/^ {5}\^+$/);
  });
});
