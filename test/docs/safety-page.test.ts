import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Root } from '../parts/installed.ts';

const textOf = (path: string): string => readFileSync(join(Root, path), 'utf8');
const PAGE = textOf('docs/guides/safety.md');

const HEADING = '| never otherwise | how that is kept | the tests |';
/** The rows of the tables of promises: each promise, and the tests that it names. */
const PROMISES = PAGE.split(HEADING)
  .slice(1)
  .flatMap(table => [...table.trimStart().matchAll(/^\| (?!-)(.+) \|$/gm)].map(([, row = '']) => row.split(' | ')))
  .filter(cells => cells.length === 3)
  .map(([promise = '', , tests = '']) => ({ promise, named: tests.split('<br>').map(named) }));

function named(cell: string) {
  const [, file = '', link = '', title = ''] = /^\[(.+?)\]\(\.\.\/\.\.\/(.+?)\): "(.+)"$/.exec(cell) ?? [];
  return { file, link, title };
}

/** A test bears that title: `it('title', …`, the end of `it.each(…)('title', …`, or a row of `it.each` that begins with it. */
function hasTest(file: string, title: string): boolean {
  const text = textOf(file).replaceAll(/\[\s+/g, '[');
  return [`it('${title}', `, `it.concurrent('${title}', `, `)('${title}', `, `it("${title}", `, `['${title}',`].some(start =>
    text.includes(start),
  );
}

describe('the page about safety', () => {
  it('promises at least what the issue asks for', () => {
    expect(PROMISES.length).toBeGreaterThan(20);
  });

  it.each(PROMISES)('names tests that there are for: $promise', ({ named: tests }) => {
    for (const { file, link, title } of tests) {
      expect([file, title]).toEqual([expect.stringMatching(/\.test\.ts$/), expect.stringMatching(/./)]);
      expect([link, hasTest(file, title)]).toEqual([file, true]);
    }
  });
});
