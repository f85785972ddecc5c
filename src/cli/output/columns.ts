import { excerpt } from '../../domain/text/excerpt.ts';

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
export function plain(text: string): string {
  return excerpt(text, [], 120);
}

function widthOf(text: string): number {
  return Array.from(text).length;
}
