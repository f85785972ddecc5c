import { describe, expect, it } from 'vitest';
import { hasTest, rowsWithTests, textOf } from './named-tests.ts';

/** The pages that promise something, each row with the tests that show it, and how many rows there are at least. */
const PAGES = [
  ['docs/guides/safety.md', 20],
  ['docs/security.md', 30],
  ['docs/architecture.md', 12],
  ['docs/upgrading.md', 7],
] as const;

describe.each(PAGES)('%s', (page, atLeast) => {
  const rows = rowsWithTests(page);

  it('has the rows that it should have', () => {
    expect(rows.length).toBeGreaterThan(atLeast);
  });

  it.each(rows)('names tests that there are for: $says', ({ named }) => {
    for (const test of named) {
      expect([test.file, test.title]).toEqual([expect.stringMatching(/\.test\.ts$/), expect.stringMatching(/./)]);
      expect([test.link, hasTest(test)]).toEqual([test.file, true]);
    }
  });
});

it('the page about security has every threat that it lists under a heading of its own', () => {
  const page = textOf('docs/security.md');
  const listed = [...page.matchAll(/^\| \[(.+?)\]\(#(.+?)\) \|/gm)].map(([, name = '']) => name);
  const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, name = '']) => name);
  expect(listed).toEqual(headings);
  expect(listed.length).toBeGreaterThan(10);
});
