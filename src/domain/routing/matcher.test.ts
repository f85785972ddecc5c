import { expect, it } from 'vitest';
import { matcherText, matches, parseMatchers } from './matcher.ts';

const one = (name: string, value: string, isRegex = false, isEqual = true) => [{ name, value, isRegex, isEqual }];

it.each([
  ['a="b"', one('a', 'b')],
  ['a=b', one('a', 'b')],
  [' a != "b c" ', one('a', 'b c', false, false)],
  ['a=~"x.*"', one('a', 'x.*', true)],
  ['a!~x|y', one('a', 'x|y', true, false)],
  ['a="b\\"c\\\\d\\ne"', one('a', 'b"c\\d\ne')],
  ['a=""', one('a', '')],
  ['a=', one('a', '')],
  ['"näme with.dots"="v"', one('näme with.dots', 'v')],
  ['näme=v', one('näme', 'v')],
  ['"a"="\\u00e9\\x41"', one('a', 'éA')],
  ['a="x,}y"', one('a', 'x,}y')],
  ['{a="b", c=~"d"}', [...one('a', 'b'), ...one('c', 'd', true)]],
  ['a="b",c!="d",', [...one('a', 'b'), ...one('c', 'd', false, false)]],
  ['{}', []],
])('reads %s', (line, expected) => {
  expect(parseMatchers(line)).toEqual(expected);
});

it.each(['a', '="b"', 'a="b" c="d"', 'a>"b"'])('refuses %s', line => {
  expect(parseMatchers(line)).toBeUndefined();
});

it.each([
  ['a="b"', { a: 'b' }, true],
  ['a="b"', {}, false],
  ['a=""', {}, true],
  ['a!="b"', {}, true],
  ['a=~"b|c"', { a: 'c' }, true],
  ['a=~"b|c"', { a: 'cc' }, false],
  ['a!~"b.*"', { a: 'bx' }, false],
  ['a=~".+"', {}, false],
  ['a=~"(?U)b"', { a: 'b' }, undefined],
])('%s on %j: %s', (line, labels, expected) => {
  expect(parseMatchers(line)?.map(matcher => matches(matcher, labels))).toEqual([expected]);
});

it('writes a matcher as Alertmanager does', () => {
  expect(parseMatchers('a=b,c!=d,e=~f,g!~h')?.map(matcherText)).toEqual(['a="b"', 'c!="d"', 'e=~"f"', 'g!~"h"']);
});

it.each(['constructor', '__proto__', 'toString'])('a missing label is the empty string, also one called %s', name => {
  expect(matches({ name, value: '', isRegex: false, isEqual: true }, {})).toBe(true);
  expect(matches({ name, value: '.+', isRegex: true, isEqual: true }, {})).toBe(false);
});
