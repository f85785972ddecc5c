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
])('%s', (_, re2, yes, no) => {
  const regex = anchoredRegex(re2);
  expect([yes.map(text => regex?.test(text)), no.map(text => regex?.test(text))]).toEqual([yes.map(() => true), no.map(() => false)]);
});

it.each(['(?U)a+', '[[:^alpha:]]', 'a{2', '(a'])('%s is said to be unreadable, not guessed', re2 => {
  expect(anchoredRegex(re2)).toBeUndefined();
});
