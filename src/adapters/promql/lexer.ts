import type { PromqlProblem } from '../../domain/ports/promql-syntax.ts';
import { numberEnd } from './number.ts';
import { stringEnd } from './quoted.ts';
import { KEYWORDS, type Lexed, type Token } from './token.ts';

/** Where the lexer stands. Other letters count within braces, and others again within brackets. */
interface Reading {
  readonly text: string;
  readonly tokens: Token[];
  at: number;
  /** Open round brackets, by their places. */
  readonly parentheses: number[];
  brace: number | undefined;
  bracket: number | undefined;
  /** Until the first number in brackets, only what computes a duration may stand there. */
  durationDue: boolean;
  colonSeen: boolean;
}

const BLANK = /[ \t\n\r]+/y;
const COMMENT = /#[^\n\r]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NAME_WITH_COLONS = /[A-Za-z_:][A-Za-z0-9_:]*/y;
const NUMBER_START = /\d|\.\d/y;
const SIGN_IN_BRACES = /=~|!~|!=|=|,|\}/y;
const SIGN_IN_DURATION = /[-+*/%^()\]:]/y;
const SIGN = /==|!=|<=|>=|[-+*/%^<>=,()@[\]{]/y;

/** Cuts a text where Prometheus 3 cuts it (promql/parser/lex.go), with its refusals. */
export function lex(text: string): Lexed {
  const reading: Reading = {
    text,
    tokens: [],
    at: 0,
    parentheses: [],
    brace: undefined,
    bracket: undefined,
    durationDue: false,
    colonSeen: false,
  };
  while (reading.at < text.length) {
    const problem = next(reading);
    if (problem) return { problem };
  }
  const problem = unclosed(reading);
  return problem ? { problem } : { tokens: reading.tokens };
}

function next(reading: Reading): PromqlProblem | undefined {
  if (skipped(reading)) return undefined;
  if (reading.brace !== undefined) return inBraces(reading);
  return reading.bracket !== undefined && reading.durationDue ? inDuration(reading) : outside(reading);
}

function skipped(reading: Reading): boolean {
  const blank = match(BLANK, reading) ?? (reading.durationDue ? undefined : match(COMMENT, reading));
  reading.at += blank?.length ?? 0;
  return blank !== undefined;
}

function inBraces(reading: Reading): PromqlProblem | undefined {
  const name = match(NAME, reading);
  if (name !== undefined) return take(reading, 'name', name);
  if (quoteAhead(reading)) return string(reading);
  const sign = match(SIGN_IN_BRACES, reading);
  if (sign === undefined) return strange(reading, 'between braces');
  if (sign === '}') reading.brace = undefined;
  return take(reading, 'sign', sign);
}

function inDuration(reading: Reading): PromqlProblem | undefined {
  if (match(NUMBER_START, reading) !== undefined) {
    reading.durationDue = false;
    return number(reading);
  }
  const sign = match(SIGN_IN_DURATION, reading);
  if (sign === undefined) return strange(reading, 'where a duration such as 5m was expected');
  if (sign === ':') return problemAt(reading, 1, 'A range such as 5m is missing before the colon.');
  return punctuation(reading, sign);
}

function outside(reading: Reading): PromqlProblem | undefined {
  if (match(NUMBER_START, reading) !== undefined) return number(reading);
  if (quoteAhead(reading)) return string(reading);
  if (/[A-Za-z_:]/.test(reading.text.charAt(reading.at))) return reading.bracket === undefined ? word(reading) : colon(reading);
  const sign = match(SIGN, reading);
  return sign === undefined ? strange(reading, 'here') : punctuation(reading, sign);
}

function word(reading: Reading): undefined {
  const name = match(NAME_WITH_COLONS, reading) ?? '';
  const small = name.toLowerCase();
  if (small === 'inf' || small === 'nan') return take(reading, 'number', name);
  if (!KEYWORDS.has(small)) return take(reading, 'name', name);
  reading.tokens.push({ is: 'keyword', from: reading.at, to: reading.at + name.length, text: small });
  reading.at += name.length;
}

/** In brackets Prometheus takes any letter for the colon; so do we, or our verdicts would differ. */
function colon(reading: Reading): PromqlProblem | undefined {
  if (reading.colonSeen) return problemAt(reading, 1, 'Between brackets there may be one colon only.');
  reading.colonSeen = true;
  reading.tokens.push({ is: 'sign', from: reading.at, to: reading.at + 1, text: ':' });
  reading.at += 1;
  return undefined;
}

function punctuation(reading: Reading, sign: string): PromqlProblem | undefined {
  if (sign === '(') reading.parentheses.push(reading.at);
  if (sign === ')' && reading.parentheses.pop() === undefined)
    return problemAt(reading, 1, 'This parenthesis closes none: take it away, or open one before it.');
  if (sign === '{') reading.brace = reading.at;
  if (sign === '[') {
    if (reading.bracket !== undefined) return problemAt(reading, 1, 'A bracket stands within brackets.');
    reading.bracket = reading.at;
    reading.durationDue = true;
    reading.colonSeen = false;
  }
  if (sign === ']') {
    if (reading.bracket === undefined) return problemAt(reading, 1, 'This bracket closes none.');
    reading.bracket = undefined;
    reading.durationDue = false;
  }
  return take(reading, 'sign', sign);
}

function number(reading: Reading): PromqlProblem | undefined {
  const { to, whole } = numberEnd(reading.text, reading.at);
  const written = reading.text.slice(reading.at, to);
  if (!whole) return problemAt(reading, to - reading.at, `"${written}" is neither a number nor a duration such as 5m.`);
  return take(reading, 'number', written);
}

function string(reading: Reading): PromqlProblem | undefined {
  const end = stringEnd(reading.text, reading.at);
  if ('problem' in end) return end.problem;
  return take(reading, 'string', reading.text.slice(reading.at, end.to));
}

function quoteAhead({ text, at }: Reading): boolean {
  return /["'`]/.test(text.charAt(at));
}

function take(reading: Reading, is: Token['is'], text: string): undefined {
  reading.tokens.push({ is, from: reading.at, to: reading.at + text.length, text });
  reading.at += text.length;
}

function match(pattern: RegExp, { text, at }: Reading): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function strange(reading: Reading, where: string): PromqlProblem {
  const code = reading.text.codePointAt(reading.at) ?? 0;
  const character = String.fromCodePoint(code);
  const shown = /[\p{Cc}\p{Cf}\p{Z}\p{Cs}\p{Cn}]/u.test(character)
    ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    : `"${character}"`;
  return problemAt(reading, character.length, `The character ${shown} may not stand ${where}.`);
}

function problemAt({ at }: Reading, length: number, message: string): PromqlProblem {
  return { from: at, to: at + length, message };
}

function unclosed({ brace, bracket, parentheses }: Reading): PromqlProblem | undefined {
  const open = brace ?? parentheses.at(-1) ?? bracket;
  if (open === undefined) return undefined;
  const what = open === brace ? 'brace' : open === bracket ? 'bracket' : 'parenthesis';
  return { from: open, to: open + 1, message: `This ${what} is never closed.` };
}
