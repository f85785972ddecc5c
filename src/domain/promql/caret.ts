import type { PromqlProblem } from '../ports/promql-syntax.ts';

/** Wider lines are cut around what is meant. */
const WIDEST = 120;
const TAB = '    ';
/** Characters that a terminal draws two columns wide, roughly: East Asian letters and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const WIDTHLESS = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** "line 2, column 5: …", below it the line of the text, and below that a caret under what is meant. Columns count characters from 1. */
export function withCaret(text: string, { from, to, message }: PromqlProblem): string {
  const start = Math.min(Math.max(from, 0), text.length);
  const { line, begins, ends } = lineAt(text, start);
  const before = Array.from(text.slice(begins, start));
  const meant = Array.from(text.slice(start, Math.max(start, Math.min(to, ends))));
  const after = Array.from(text.slice(start + meant.join('').length, ends));
  const shown = windowed({ before, meant, after });
  const gap = ' '.repeat(width(shown.before));
  const carets = '^'.repeat(Math.max(1, width(shown.meant)));
  return `line ${line}, column ${before.length + 1}: ${message}\n${drawn(shown.before)}${drawn(shown.meant)}${drawn(shown.after)}\n${gap}${carets}`;
}

function lineAt(text: string, at: number): { readonly line: number; readonly begins: number; readonly ends: number } {
  const above = text.slice(0, at).split('\n');
  const begins = at - (above.at(-1)?.length ?? 0);
  const next = text.indexOf('\n', at);
  const end = next === -1 ? text.length : next;
  return { line: above.length, begins, ends: end > at && text.charAt(end - 1) === '\r' ? end - 1 : end };
}

interface Line {
  readonly before: readonly string[];
  readonly meant: readonly string[];
  readonly after: readonly string[];
}

function windowed(line: Line): Line {
  if (line.before.length + line.meant.length + line.after.length <= WIDEST) return line;
  const meant = line.meant.length > WIDEST / 2 ? [...line.meant.slice(0, WIDEST / 2), '…'] : line.meant;
  const cut = meant !== line.meant;
  const room = WIDEST - meant.length;
  const right = cut ? 0 : Math.min(line.after.length, Math.max(Math.floor(room / 2), room - line.before.length));
  const left = Math.min(line.before.length, room - right);
  return {
    before: left < line.before.length ? ['…', ...line.before.slice(line.before.length - left)] : line.before,
    meant,
    after: right < line.after.length && !cut ? [...line.after.slice(0, right), '…'] : line.after.slice(0, right),
  };
}

function drawn(characters: readonly string[]): string {
  return characters.map(one).join('');
}

function one(character: string): string {
  if (character === '\t') return TAB;
  return UNSEEN.test(character) ? '\ufffd' : character;
}

function width(characters: readonly string[]): number {
  return characters.reduce((sum, character) => sum + columns(character), 0);
}

function columns(character: string): number {
  if (character === '\t') return TAB.length;
  if (UNSEEN.test(character)) return 1;
  if (WIDTHLESS.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
