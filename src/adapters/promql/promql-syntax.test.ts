import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PromqlReading, PromqlSyntax } from '../../domain/ports/promql-syntax.ts';
import { withCaret } from '../../domain/promql/caret.ts';
import { promqlSyntax } from './promql-syntax.ts';

let syntax: PromqlSyntax;
beforeAll(async () => {
  syntax = await promqlSyntax();
});

function reading(text: string): PromqlReading {
  const read = syntax.read(text);
  if (!read.ok) throw new Error(withCaret(text, read.problems[0]));
  return read.reading;
}

function complaint(text: string): string[] {
  const read = syntax.read(text);
  return read.ok ? [] : withCaret(text, read.problems[0]).split('\n');
}

describe('the type', () => {
  it.each([
    ['up', 'vector'],
    ['1', 'scalar'],
    ['-(1 + 2)', 'scalar'],
    ['1 > bool 2', 'scalar'],
    ['time() - pi()', 'scalar'],
    ['scalar(up) + 1', 'scalar'],
    ['scalar(up) + up', 'vector'],
    ['vector(1)', 'vector'],
  ])('of %s is %s', (text, type) => {
    expect(reading(text).type).toBe(type);
  });
});

describe('the outermost comparison', () => {
  it.each([
    ['up == 0', 'up', '==', 0],
    ['((up) > (0.05))', 'up', '>', 0.05],
    ['5 < up', 'up', '>', 5],
    ['5 >= up', 'up', '<=', 5],
    ['5 != up', 'up', '!=', 5],
    ['1 < up offset 5m', 'up offset 5m', '>', 1],
    ['a / b > -5', 'a / b', '>', -5],
    ['up > - # below\n 5', 'up', '>', -5],
    ['up > --5', 'up', '>', 5],
    ['up > 1e3', 'up', '>', 1000],
    ['up > -1.5E-3', 'up', '>', -0.0015],
    ['up > 0x1F', 'up', '>', 31],
    ['up > 010', 'up', '>', 8],
    ['up > 1_000', 'up', '>', 1000],
    ['up < Inf', 'up', '<', Infinity],
    ['up < -inf', 'up', '<', -Infinity],
    ['up == NaN', 'up', '==', NaN],
    ['up > 1h30m', 'up', '>', 5400],
    ['up > 250ms', 'up', '>', 0.25],
    ['up > 1 < 3', 'up > 1', '<', 3],
    ['up == on () 1', 'up', '==', 1],
    ['sum by (a) (rate(x{b="> 3"}[5m])) # > 2\n> 1', 'sum by (a) (rate(x{b="> 3"}[5m]))', '>', 1],
  ])('of %j is read', (text, query, operator, number) => {
    expect(reading(text).comparison).toEqual({ query, operator, number });
  });

  it.each([
    'up',
    '1',
    '1 > bool 2',
    'up > bool 1',
    'a > b',
    'up > 1 + 1',
    'up > scalar(a)',
    'up > pi()',
    'abs(up > 1)',
    'up > 1 or a',
    '-(up > 1)',
  ])('of %s is none', text => {
    expect(reading(text).comparison).toBeUndefined();
  });
});

describe('absence', () => {
  it.each([
    ['absent(up)', 'up'],
    ['(absent (up{job = "a"}))', 'up{job = "a"}'],
    ['absent(({"http.server.duration"}))', '{"http.server.duration"}'],
    ['absent(up offset 5m)', undefined],
    ['absent(up @ 1)', undefined],
    ['absent(rate(up[5m]))', undefined],
    ['absent(a or b)', undefined],
    ['absent(up) > 0', undefined],
    ['absent_over_time(up[5m])', undefined],
    ['up', undefined],
  ])('of %s: %s', (text, selector) => {
    expect(reading(text).absentOf).toBe(selector);
  });
});

describe('selectors', () => {
  it('come in the order of the text, with their values as they are meant', () => {
    const text =
      String.raw`a{b="\"\x41\u00e9\n", c!='\'', d=~` +
      '`\\d`' +
      String.raw`} + sum({"x.y", "l 1"!~"z"}) + {__name__="m", e=""} + on(q) {f="g"}`;
    expect(reading(text).selectors).toEqual([
      {
        metric: 'a',
        matchers: [
          { label: 'b', operator: '=', value: '"Aé\n' },
          { label: 'c', operator: '!=', value: "'" },
          { label: 'd', operator: '=~', value: '\\d' },
        ],
      },
      { metric: 'x.y', matchers: [{ label: 'l 1', operator: '!~', value: 'z' }] },
      { metric: 'm', matchers: [{ label: 'e', operator: '=', value: '' }] },
      { matchers: [{ label: 'f', operator: '=', value: 'g' }] },
    ]);
  });

  it('without a metric matched by = have none', () => {
    expect(reading('{__name__=~"a|b"}').selectors).toEqual([{ matchers: [{ label: '__name__', operator: '=~', value: 'a|b' }] }]);
  });
});

describe('what is wrong is said at its place', () => {
  it.each([
    ['rate(up)', 'line 1, column 6: Expected type range vector such as up[5m] in call to function "rate", got instant vector.', '     ^^'],
    ['sum(ratee(up[5m]))', 'line 1, column 5: There is no function ratee: do you mean rate.', '    ^^^^^'],
    ['sum(up', 'line 1, column 4: This parenthesis is never closed.', '   ^'],
    ['up >', 'line 1, column 5: The expression ends too early: a metric, a number, a function or a parenthesis was expected.', '    ^'],
    [
      'up{a=~"("}',
      'line 1, column 7: The regular expression is not one that Prometheus understands: a parenthesis is never closed.',
      '      ^^^',
    ],
    ['{a=""}', 'line 1, column 1: The selector would match everything: give it a metric or a matcher that is not empty.', '^^^^^^'],
    ['up[5x]', 'line 1, column 4: "5x" is neither a number nor a duration such as 5m.', '   ^^'],
    ['', 'line 1, column 1: There is no expression.', '^'],
  ])('%s', (text, head, carets) => {
    expect(complaint(text)).toEqual([head, text, carets]);
  });

  it('of a range vector and of a string, which are no alert though promtool lets them pass', () => {
    expect(complaint('up[5m]')[0]).toContain('An alert’s expression must be an instant vector or a number, and this is a range vector');
    expect(complaint('("a")')[0]).toContain('and this is a string');
  });

  it('in the order of the text, all that can be told at once', () => {
    const read = syntax.read('a{b=~"("} + c{d=~")"}');
    expect(read.ok ? [] : read.problems.map(({ from }) => from)).toEqual([5, 17]);
  });
});

describe('hostile texts', () => {
  it.each([
    ['parentheses', `${'('.repeat(50_000)}up${')'.repeat(50_000)}`],
    ['open parentheses', '('.repeat(100_000)],
    ['signs', `${'-'.repeat(100_000)}up`],
    ['calls', `${'abs('.repeat(20_000)}up${')'.repeat(20_000)}`],
    ['operators', `up${' + up'.repeat(20_000)}`],
    ['powers', `up${' ^ up'.repeat(20_000)}`],
    ['groups of a regular expression', `up{a=~"${'('.repeat(50_000)}${')'.repeat(50_000)}"}`],
    ['subqueries', `up${'[5m:]'.repeat(20_000)}`],
  ])('of endless %s are refused in a sentence', (_, text) => {
    expect(complaint(text)[0]).toMatch(/^line 1, column \d+: .+\.$/);
  });

  const WORDS = 'up sum by rate on group_left offset bool and inf ( ) { } [ ] , = =~ " \' ` \\ # 5m 0x 1e - + ^ > == @ start : . 💥 "a" 5';
  const words = fc.constantFrom(...WORDS.split(' '), '\n', ' ', '\ud800', '\u0000');
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(words, { maxLength: 60 }).map(parts => parts.join('')),
    fc.array(words, { maxLength: 60 }).map(parts => parts.join(' ')),
  );

  it('never throw, and have their problems within the text', () => {
    fc.assert(
      fc.property(text, text => {
        const read = syntax.read(text);
        const problems = read.ok ? [] : read.problems;
        for (const { from, to, message } of problems) {
          expect([0, from, to, text.length].toSorted((a, b) => a - b)).toEqual([0, from, to, text.length]);
          expect(message.endsWith('.')).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
