import type { BenchResult } from './result.ts';

const WIDTHS = [86, 14, 12] as const;

export const TITLES = row(['FIGURE', 'VALUE', 'TARGET', 'MET']);

/** One figure as a row of the table. */
export function line({ name, value, unit, target, met }: BenchResult): string {
  return row([name, `${value} ${unit}`, target, met ? 'yes' : 'NO']);
}

function row(cells: readonly string[]): string {
  return `  ${cells.map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0)).join(' ')}`.trimEnd();
}
