export interface Token {
  readonly is: 'space' | 'literal' | 'word' | 'field' | 'variable' | 'dot' | 'mark';
  readonly text: string;
}

export interface Action {
  readonly is: 'action';
  /** As it was written, braces and all. */
  readonly text: string;
  readonly trimsLeft: boolean;
  readonly trimsRight: boolean;
  readonly tokens: readonly Token[];
}

/** What stands between the actions, and comments. */
interface Plain {
  readonly is: 'text' | 'comment';
  readonly text: string;
}

export type Part = Plain | Action;

/** What is wrong with a template, as a sentence. */
export class TemplateFault extends Error {
  override readonly name = 'TemplateFault';
}

/** The order matters: `.5` is a number and `.x` a field. */
const TOKENS: readonly (readonly [Token['is'], RegExp])[] = [
  ['space', /\s+/y],
  ['literal', /"(?:[^"\\\n]|\\(?:[abfnrtv\\"]|[0-7]{3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}))*"/y],
  ['literal', /`[^`]*`|'(?:[^'\\\n]|\\(?:[abfnrtv\\']|[0-7]{3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}))'/uy],
  ['literal', /[+-]?(?:0[xX][0-9a-fA-F_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)i?/y],
  ['variable', /\$[\p{L}\p{N}_]*/uy],
  ['field', /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ['dot', /\./y],
  ['word', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['mark', /:=|[=|(),]/y],
];

/** What may follow a word, a field or a variable. */
const END = /[\s.,|:()]|\}\}|$/y;

const LEFT = /\{\{(-(?=\s))?/y;
const RIGHT = /(\s-)?\}\}/y;
/** It follows the delimiter at once, and the other follows it. */
const COMMENT = /\/\*[\s\S]*?\*\/(?:\s-)?\}\}/y;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Splits a Go template into its texts and actions; throws a {@link TemplateFault} for what Go's lexer would not take. */
export function templateParts(text: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf('{{', at);
    if (start === -1 || start > at) parts.push({ is: 'text', text: text.slice(at, start === -1 ? undefined : start) });
    if (start === -1) break;
    const part = actionAt(text, start);
    parts.push(part);
    at = start + part.text.length;
  }
  return parts;
}

function actionAt(text: string, start: number): Part {
  const left = matchAt(LEFT, text, start);
  let at = start + (left?.[0].length ?? 2);
  const commentAt = left?.[1] === undefined ? at : at + 1;
  const comment = matchAt(COMMENT, text, commentAt);
  if (comment) return { is: 'comment', text: text.slice(start, commentAt + comment[0].length) };
  const tokens: Token[] = [];
  while (at < text.length) {
    const right = matchAt(RIGHT, text, at);
    if (right) {
      const end = at + right[0].length;
      const trims = { trimsLeft: left?.[1] !== undefined, trimsRight: right[1] !== undefined };
      return { is: 'action', text: text.slice(start, end), ...trims, tokens };
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  throw new TemplateFault('an action is opened with {{ and never closed with }}: close it');
}

function tokenAt(text: string, at: number): Token {
  for (const [is, pattern] of TOKENS) {
    const found = matchAt(pattern, text, at)?.[0];
    if (found === undefined) continue;
    if (mustEnd(is) && !matchAt(END, text, at + found.length)) break;
    // The space before the right delimiter belongs to its trim marker.
    const isTrim = is === 'space' && found.length > 1 && text.startsWith('-}}', at + found.length);
    return { is, text: isTrim ? found.slice(0, -1) : found };
  }
  if (text.startsWith('"', at) || text.startsWith('`', at))
    throw new TemplateFault('an action holds a string that is never closed, or an unknown escape');
  const [rest = ''] = /^[^\s{}]{1,20}/u.exec(text.slice(at, at + 40)) ?? [];
  throw new TemplateFault(`an action holds ${JSON.stringify(rest)}, which means nothing there`);
}

function mustEnd(is: Token['is']): boolean {
  return is === 'word' || is === 'field' || is === 'variable' || is === 'literal';
}
