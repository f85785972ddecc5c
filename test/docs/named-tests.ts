import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Root } from '../parts/installed.ts';

export const textOf = (path: string): string => readFileSync(join(Root, path), 'utf8');

export interface NamedTest {
  readonly file: string;
  /** Where the page links to, from the root. */
  readonly link: string;
  readonly title: string;
}

export interface Row {
  readonly says: string;
  readonly named: readonly NamedTest[];
}

/** The rows of those tables of a page whose last column is "the tests": what each says, and the tests that it names. */
export function rowsWithTests(page: string): readonly Row[] {
  const tables = textOf(page)
    .split(/^\|.*\| the tests \|\n\|[-|]+\n/m)
    .slice(1);
  return tables
    .flatMap(table => table.slice(0, table.search(/^(?!\|)/m)).split('\n'))
    .filter(line => line.startsWith('|'))
    .map(line => line.slice(2, -2).split(' | '))
    .map(cells => ({ says: cells[0] ?? '', named: (cells.at(-1) ?? '').split('<br>').map(cell => namedTest(page, cell)) }));
}

function namedTest(page: string, cell: string): NamedTest {
  const [, file = '', target = '', title = ''] = /^\[(.+?)\]\((.+?)\): "(.+)"$/.exec(cell) ?? [];
  return { file, link: relative(Root, join(Root, dirname(page), target)), title };
}

/** A test bears that title: `it('title', …`, the end of `it.each(…)('title', …`, or a row of `it.each` that begins with it. */
export function hasTest({ file, title }: NamedTest): boolean {
  const text = textOf(file).replaceAll(/\[\s+/g, '[').replaceAll(/\(\s+/g, '(');
  return [`it('${title}', `, `it('${title}',\n`, `it.concurrent('${title}', `, `)('${title}', `, `it("${title}", `, `['${title}',`].some(
    start => text.includes(start),
  );
}
