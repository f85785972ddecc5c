import { structuredPatch } from 'diff';
import { painted } from './colour.ts';

export interface Sides {
  readonly from: { readonly name: string; readonly text: string };
  readonly to: { readonly name: string; readonly text: string };
}

/** Rules that are less alike than this are shown one after the other: the shortest way between them would take minutes to find. */
const MOST_EDITS = 2_000;
const CONTEXT = 3;

/** A unified diff, as `diff -u` writes it, fit for a terminal whoever wrote the texts. */
export function ruleDiff({ from, to }: Sides, { colour }: { readonly colour: boolean }): string {
  const lines = [`--- ${from.name}`, `+++ ${to.name}`, ...changed(from.text, to.text)].map(visible);
  return lines.map((line, n) => `${colour ? coloured(line, n < 2) : line}\n`).join('');
}

function changed(before: string, after: string): readonly string[] {
  const found = structuredPatch('', '', before, after, undefined, undefined, { context: CONTEXT, maxEditLength: MOST_EDITS });
  if (!found) return [...linesOf(before).map(line => `-${line}`), ...linesOf(after).map(line => `+${line}`)];
  return found.hunks.flatMap(hunk => [
    `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    ...hunk.lines,
  ]);
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}

/** No lines at all stand, as in every unified diff, after the line before them. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

/** What would steer a terminal, or turn what it shows around. */
function visible(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}]/gu, '\ufffd');
}

const COLOURS = { '-': 'red', '+': 'green', '@': 'cyan' } as const;

function coloured(line: string, isHead: boolean): string {
  if (isHead) return painted(line, 'bold');
  const [first] = line;
  return first === '-' || first === '+' || first === '@' ? painted(line, COLOURS[first]) : line;
}
