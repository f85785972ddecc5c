import { describe, expect, it } from 'vitest';
import { regexCheck } from './regex-check.ts';

describe('regexCheck', () => {
  it.each([
    ['', true],
    ['a', false],
    ['.*', true],
    ['.+', false],
    ['a|', true],
    ['(a?b*)', true],
    ['(?i:a)|(?P<n>b)', false],
    ['a{0,5}', true],
    ['a{1,5}', false],
    ['^$', true],
    ['\\B', true],
    ['\\b', false],
    ['[^]a]', false],
    ['\\Q.*\\E', false],
    ['a{,3}', false],
  ])('knows whether %j matches the empty text', (source, matchesEmpty) => {
    expect(regexCheck(source)).toEqual({ matchesEmpty });
  });

  it.each([
    ['(', 'a parenthesis is never closed'],
    [')', 'a parenthesis closes none'],
    ['*a', 'there is nothing before * that it could repeat'],
    ['a**', '* repeats a repetition'],
    ['a{1001}', 'the repetition {1001} is of more than 1000'],
    ['a{3,2}', 'the repetition {3,2} ends before it begins'],
    ['(a{100}){11}', 'repetitions within repetitions come to more than 1000'],
    ['[a', 'a class is never closed'],
    ['[z-a]', 'the span z-a runs backwards'],
    ['[[:foo:]]', 'there is no class [:foo:]'],
    ['(?=a)', '"(?=a" opens no group that Go knows'],
    ['\\Z', 'Go knows no escape \\Z there'],
    ['\\', 'it ends with a backslash'],
    ['\\p{Foo}', 'there is no group \\p{Foo}'],
    ['\\x{110000}', '\\x{110000} is no character'],
    [`${'('.repeat(1200)}${')'.repeat(1200)}`, 'it nests too deeply'],
  ])('says why Go refuses %.20j', (source, problem) => {
    expect(regexCheck(source)).toEqual({ problem });
  });
});
