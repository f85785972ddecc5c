import { expect, it } from 'vitest';
import { shellCommands, shellWords } from './shell-words.ts';

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

it.each<[string, string[][]]>([
  ['a 1 && b | c; d &', [['a', '1'], ['b'], ['c'], ['d']]],
  ['a # b && c\nd', [['a'], ['d']]],
  [
    'x=$(a "b c") d',
    [
      ['a', 'b c'],
      ['x=$(…)', 'd'],
    ],
  ],
  ['a "$(b c | d)"', [['b', 'c'], ['d'], ['a', '$(…)']]],
  [`cat > f <<'END'\nx && y\nEND\nz`, [['cat', '>', 'f'], ['z']]],
  [`a '{"b":"c;d"}'`, [['a', '{"b":"c;d"}']]],
])('finds the commands of %j', (script, commands) => {
  expect(shellCommands(script)).toEqual(commands);
});
