import { effort } from './effort.ts';
import { type Efforts, linearRegex } from './linear-regex.ts';
import { regexTree } from './regex-tree.ts';

/** Longer ones are lists that somebody's program wrote; reading them would hold up everybody else. */
const LONGEST = 20_000;

/**
 * Alertmanager's matchers are Go regular expressions (RE2 syntax, github.com/google/re2/wiki/Syntax), anchored at both ends.
 * Whether a text matches, in linear time as there, or undefined where the expression says something that cannot be judged here.
 */
export function anchoredRegex(
  re2: string,
  efforts: Efforts = { reading: effort(Infinity), matching: effort(Infinity) },
): { readonly test: (text: string) => boolean | undefined } | undefined {
  const [, flags = '', rest = ''] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(re2) ?? [];
  if (rest.length > LONGEST || !efforts.reading.spend(rest.length)) return undefined;
  try {
    const source = translated(rest);
    // JavaScript's own parser says whether it is well-formed; it is never asked to match.
    const wellFormed = new RegExp(source, [...new Set(`${flags}u`)].join(''));
    const tree = regexTree(wellFormed.source === '(?:)' ? '' : source, flags);
    const test = tree && linearRegex(tree, efforts);
    return test && { test };
  } catch {
    return undefined;
  }
}

/**
 * One token at a time, so that nothing inside a class or after a backslash is taken for something else. A class that nothing closes is a
 * token too, or every bracket in it would be looked at to the end.
 */
const TOKEN = /\\Q([\s\S]*?)(?:\\E|$)|(\\(?:x\{[0-9a-fA-F]+\}|[pP][A-Z]|[\s\S]))|\[(\^?)(\]?)((?:\\[\s\S]|[^\]\\])*)(\]|\\?$)|\(\?P</gu;
const ESCAPED = /\\(?:x\{[0-9a-fA-F]+\}|[pP][A-Z]|[\s\S])/gu;
const POSIX_CLASS = /\[:(\^?[a-z]+):\]/g;
const SYNTAX = /[\\^$.*+?()[\]{}|/]/g;

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  blank: '\\t ',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

const GO_ESCAPES: Readonly<Record<string, string>> = { A: '^', z: '$', a: '\\x07' };

function translated(re2: string): string {
  return withPosixClasses(re2).replaceAll(TOKEN, (...found: (string | undefined)[]) => {
    const [, quoted, escaped, not = '', bracket, members, closing] = found;
    if (quoted !== undefined) return quoted.replaceAll(SYNTAX, '\\$&');
    if (escaped !== undefined) return escape(escaped);
    if (members === undefined) return '(?<';
    if (closing !== ']') throw new SyntaxError('a class has no end');
    // A bracket right after the opening one is a member of the class, which JavaScript wants escaped.
    const first = bracket === ']' ? '\\]' : '';
    return `[${not}${first}${members.replaceAll(ESCAPED, each => (each === '\\-' ? each : escape(each)))}]`;
  });
}

function withPosixClasses(re2: string): string {
  return re2.replaceAll(POSIX_CLASS, (whole, name: string) => {
    const members = POSIX[name];
    if (members === undefined) throw new SyntaxError(`${whole} has no equal here`);
    return members;
  });
}

/** RE2 lets any punctuation be escaped; JavaScript's unicode mode only what is syntax. */
function escape(escaped: string): string {
  const char = escaped.slice(1);
  if (char.startsWith('x{')) return `\\u${char.slice(1)}`;
  if (/^[pP]./.test(char)) return `\\${char.charAt(0)}{${char.charAt(1)}}`;
  return GO_ESCAPES[char] ?? (/[0-9A-Za-z]/.test(char) || char.search(SYNTAX) === 0 ? escaped : char);
}
