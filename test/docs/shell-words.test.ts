import { expect, it } from 'vitest';
import { shellWords } from './shell-words.ts';

it.each<[string, string[]]>([
  ['a  b', ['a', 'b']],
  [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
  ['a \\\n  b', ['a', 'b']],
  [String.raw`"{\"a\":1}" \$x`, ['{"a":1}', '$x']],
  ['"$BASE/x?a=1&b" $OTHER/y', ['http://h/x?a=1&b', '$OTHER/y']],
  [`-H 'a: $BASE' ''`, ['-H', 'a: $BASE', '']],
])('splits %j', (command, words) => {
  expect(shellWords(command, { BASE: 'http://h' })).toEqual(words);
});
