import { expect, it } from 'vitest';
import { anchoredRegex } from './regex.ts';

it.each([
  ['a plain word is anchored', 'prod', ['prod'], ['prod-2', 'my-prod']],
  ['an alternative is anchored as a whole', 'a|bc', ['a', 'bc'], ['ab', 'xbc']],
  ['leading flags', '(?i)Prod.*', ['PROD-1'], ['xprod']],
  ['a dot and new lines', '(?s)a.b', ['a\nb'], ['ab']],
  ['escaped punctuation', 'a\\-b\\_c\\.d', ['a-b_c.d'], ['a-b_cxd']],
  ['escaped punctuation in a class', '[\\-\\_\\.]+', ['-_.'], ['a']],
  ['a POSIX class', '[[:alpha:]_]+[[:digit:]]', ['ab_1'], ['ab_']],
  ['a bracket in a class', '[]a]+', ['a]'], ['b']],
  ['an opening bracket in a class', '[a[]+x', ['a[x'], ['b[x']],
  ['a named group', '(?P<env>dev|prod)-1', ['dev-1'], ['qa-1']],
  ['quoted text', '\\Qa.b\\E+', ['a.bb'], ['axb']],
  ['text anchors', '\\Aab\\z', ['ab'], ['abc']],
  ['a Unicode class', '\\pL+', ['äé'], ['1']],
  ['a code point', '\\x{1F600}', ['😀'], ['x']],
  ['nothing at all', '', [''], ['a']],
  ['nothing, often', '(|a)*(?:)+', ['', 'aa'], ['b']],
  ['counts', 'a{2}b{0,2}c{1,}', ['aac', 'aabbcc'], ['ac', 'aabbbc', 'aab']],
  ['a count of groups', '(ab|c){2,3}', ['abc', 'ccc'], ['ab', 'cccc']],
  ['lazy quantifiers', 'a+?b*?c??', ['aab', 'ac'], ['b']],
  ['words', '\\bab\\b.*\\Bx', ['ab-yx'], ['ab-x', 'abx']],
  ['anchors within', '^a$|^b', ['a', 'b'], ['ab']],
  ['anchors of lines', '(?ms)^a$.^b$', ['a\nb'], ['axb']],
  ['flags of a group', 'a(?i:b)c(?i:d(?-i:e))', ['aBcDe'], ['ABc', 'aBcDE']],
  ['a dot and a character beyond the first plane', '.', ['😀'], ['😀😀', '\n']],
  ['an escaped control character', '\\x41\\t', ['A\t'], ['At']],
])('%s', (_, re2, yes, no) => {
  const regex = anchoredRegex(re2);
  expect([yes.map(text => regex?.test(text)), no.map(text => regex?.test(text))]).toEqual([yes.map(() => true), no.map(() => false)]);
});

it.each([
  '(?U)a+',
  '[[:^alpha:]]',
  'a{2',
  '(a',
  'a)',
  '(?=a)',
  '(a)\\1',
  '[a',
  '[a\\',
  '((a{1000}){1000}){1000}',
  '((((){1000}){1000}){1000}){1000}',
  '(){1000000000}',
  `${'('.repeat(2000)}${')'.repeat(2000)}`,
  'a'.repeat(30_000),
])('%s is said to be unreadable, not guessed', re2 => {
  expect(anchoredRegex(re2)).toBeUndefined();
});

it.each([
  ['([a-z0-9-]+)+!', 'awoooi-canary-'.repeat(70)],
  ['(a|a)*(a|aa)*b', 'a'.repeat(1000)],
  ['.*.*.*.*.*.*!', 'a'.repeat(1000)],
  ['(x+x+)+y', 'x'.repeat(1000)],
])('%s ends soon on a text that nearly matches', (re2, text) => {
  expect(anchoredRegex(re2)?.test(text)).toBe(false);
});

it('judges no text that would take it long all the same', () => {
  expect(anchoredRegex('[a-z]?'.repeat(3000))?.test('a'.repeat(1000))).toBeUndefined();
});

it('is not held up by a class that nothing closes', () => {
  const began = performance.now();
  for (let i = 0; i < 100; i++) expect(anchoredRegex('[a'.repeat(10_000))).toBeUndefined();
  // With a time that grows with the square it would be half a minute.
  expect(performance.now() - began).toBeLessThan(5_000);
});
