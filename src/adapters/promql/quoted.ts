import { Buffer } from 'node:buffer';
import type { PromqlProblem } from '../../domain/ports/promql-syntax.ts';

const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };
/** Go's escapes: one letter, or digits of a fixed count. */
const ESCAPE = /\\(?:([abfnrtv\\])|(["'])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y;

/** Where the string that begins here ends, behind its closing quote. */
export function stringEnd(text: string, from: number): { readonly to: number } | { readonly problem: PromqlProblem } {
  const quote = text.charAt(from);
  for (let at = from + 1; at < text.length; ) {
    const character = text.charAt(at);
    if (character === quote) return { to: at + 1 };
    if (character === '\n' && quote !== '`') break;
    if (character === '\\' && quote !== '`') {
      const escape = escapeAt(text, at, quote);
      if (!escape) return { problem: { from: at, to: Math.min(at + 2, text.length), message: badEscape(text.slice(at, at + 2), quote) } };
      at = escape.to;
    } else {
      const code = text.codePointAt(at) ?? 0;
      if (code === 0xfffd || (code >= 0xd800 && code <= 0xdfff))
        return { problem: { from: at, to: at + 1, message: 'The string holds a character that is no valid Unicode.' } };
      at += code > 0xffff ? 2 : 1;
    }
  }
  return { problem: { from, to: from + 1, message: `The string that begins here is never closed: write ${quote} at its end.` } };
}

function badEscape(written: string, quote: string): string {
  return `"${written}" is no escape that PromQL knows within ${quote}: write the backslash twice if it is meant.`;
}

interface Escape {
  readonly to: number;
  /** A single byte, which need not be UTF-8, or a character. */
  readonly byte?: number;
  readonly character?: string;
}

function escapeAt(text: string, at: number, quote: string): Escape | undefined {
  ESCAPE.lastIndex = at;
  const found = ESCAPE.exec(text);
  if (!found) return undefined;
  const [whole, simple, other, octal, hex, short, long] = found;
  const to = at + whole.length;
  if (simple !== undefined) return { to, byte: SIMPLE[simple] ?? 0 };
  if (other !== undefined) return other === quote ? { to, character: other } : undefined;
  const byte = octal === undefined ? hexadecimal(hex) : Number.parseInt(octal, 8);
  if (byte !== undefined) return byte > 255 ? undefined : { to, byte };
  const character = characterOf(hexadecimal(short ?? long));
  return character === undefined ? undefined : { to, character };
}

function hexadecimal(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

function characterOf(code: number | undefined): string | undefined {
  if (code === undefined || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return String.fromCodePoint(code);
}

/** What a string literal says. `utf8` is false where its escapes spell bytes that are no UTF-8; those are then replaced. */
export function unquoted(literal: string): { readonly value: string; readonly utf8: boolean } {
  const quote = literal.charAt(0);
  const inner = literal.slice(1, -1);
  if (quote === '`' || !inner.includes('\\')) return { value: inner, utf8: true };
  const parts: Buffer[] = [];
  for (let at = 0; at < inner.length; ) {
    const escape = inner.charAt(at) === '\\' ? escapeAt(inner, at, quote) : undefined;
    const until = escape?.to ?? nextEscape(inner, at);
    parts.push(escape?.byte === undefined ? Buffer.from(escape?.character ?? inner.slice(at, until)) : Buffer.of(escape.byte));
    at = until;
  }
  const bytes = Buffer.concat(parts);
  const value = bytes.toString('utf8');
  return { value, utf8: Buffer.from(value).equals(bytes) };
}

function nextEscape(inner: string, at: number): number {
  const found = inner.indexOf('\\', at + 1);
  return found === -1 ? inner.length : found;
}
