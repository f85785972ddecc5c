import { structuredPatch } from 'diff';

export interface Sides {
  readonly from: { readonly name: string; readonly text: string };
  readonly to: { readonly name: string; readonly text: string };
}

const BOLD = '1';
const COLOURS: Readonly<Record<string, string>> = { '-': '31', '+': '32', '@': '36' };

/** A unified diff, as `diff -u` writes it. */
export function ruleDiff({ from, to }: Sides, { colour }: { readonly colour: boolean }): string {
  const { hunks } = structuredPatch(from.name, to.name, from.text, to.text, undefined, undefined, { context: 3 });
  const paint = (line: string, code: string | undefined): string =>
    colour && code !== undefined ? `\u001b[${code}m${line}\u001b[0m` : line;
  const head = [`--- ${from.name}`, `+++ ${to.name}`].map(line => paint(line, BOLD));
  const body = hunks.flatMap(hunk => [
    paint(`@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`, COLOURS['@']),
    ...hunk.lines.map(line => paint(line, COLOURS[line.charAt(0)])),
  ]);
  return [...head, ...body].map(line => `${line}\n`).join('');
}

/** No lines at all stand, as in every unified diff, after the line before them. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}
