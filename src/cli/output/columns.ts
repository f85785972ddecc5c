import { excerpt, excerptLines } from '../../domain/text/excerpt.ts';

/** Rows of cells, each but the last of a row filled up to the width of its column. */
export function aligned(rows: readonly (readonly string[])[]): string[][] {
  const count = Math.max(...rows.map(row => row.length));
  const widths = Array.from({ length: count }, (_, column) => Math.max(...rows.map(row => widthOf(row[column] ?? ''))));
  return rows.map(row =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))),
  );
}

/** The same as text, a line for each row. */
export function columns(rows: readonly (readonly string[])[]): string {
  return aligned(rows)
    .map(row => `${row.join('  ').trimEnd()}\n`)
    .join('');
}

/** What a sender or a person wrote, fit for a terminal: one line without anything that would steer it. */
export function plain(text: string, limit = 120): string {
  return excerpt(text, [], limit);
}

/** Longer than anything that is kept. */
const WHOLE = 20_000;
const INDENT = 2;
const NARROWEST = 30;

/** The same, however long. */
export function whole(text: string): string {
  return excerpt(text, [], WHOLE);
}

/** The same, with its lines kept apart. */
export function wholeLines(text: string): string[] {
  return excerptLines(text, WHOLE).split('\n');
}

/**
 * Indented rows; what does not fit of the last cell of each goes on below its beginning, or, where too little is left there, on lines of
 * its own.
 */
export function hanging(rows: readonly (readonly string[])[], width: number): string {
  return aligned(rows)
    .map(row => hung(row, width))
    .join('');
}

function hung(row: readonly string[], width: number): string {
  const before =
    ' '.repeat(INDENT) +
    row
      .slice(0, -1)
      .map(cell => `${cell}  `)
      .join('');
  const last = row.at(-1) ?? '';
  const left = width - widthOf(before);
  const fits = last === '' || widthOf(last) <= left;
  const at = fits || left >= NARROWEST ? widthOf(before) : INDENT * 3;
  const below = wrapped(last, width - at).map(line => ' '.repeat(at) + line);
  const lines = at === widthOf(before) ? [before + (below[0] ?? '').trimStart(), ...below.slice(1)] : [before, ...below];
  return lines.map(line => `${line.trimEnd()}\n`).join('');
}

/** Broken between words alone: an address or an id can be copied whole. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) lines.push(line);
    line = line !== '' && widthOf(longer) > width ? word : longer;
  }
  return [...lines, line];
}

function widthOf(text: string): number {
  return Array.from(text).length;
}
