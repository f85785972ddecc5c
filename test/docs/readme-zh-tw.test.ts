import { describe, expect, it } from 'vitest';
import { pageText } from './markdown.ts';

const blocks = (page: string): string[] => page.match(/(?:^<!-- .+ -->\n)?^```\w*\n[\s\S]*?^```$/gm) ?? [];
const prose = (page: string): string => page.replaceAll(/^```\w*\n[\s\S]*?^```$/gm, '');
const levels = (page: string): string[] => prose(page).match(/^#+(?= )/gm) ?? [];
const targets = (page: string): string[] => [...prose(page).matchAll(/\]\(([^)]+)\)/g)].map(([, to = '']) => to);
const leavesOut = (page: string, other: string): string[] => targets(page).filter(to => to !== other);
const codeIn = (page: string): string[] => [...new Set(prose(page).match(/`[^`\n]+`/g))].toSorted();
const rows = (page: string): number => prose(page).match(/^\|/gm)?.length ?? 0;

const english = pageText('README.md');
const chinese = pageText('README.zh-TW.md');

describe('the README in Chinese', () => {
  it('has the same commands and examples, in the same order', () => {
    expect(blocks(english).length).toBeGreaterThan(8);
    expect(blocks(chinese)).toEqual(blocks(english));
  });

  it('has as many headings, of the same levels', () => {
    expect(levels(english).length).toBeGreaterThan(6);
    expect(levels(chinese)).toEqual(levels(english));
  });

  it('leads to the same pages, and each of the two to the other', () => {
    expect(leavesOut(chinese, 'README.md')).toEqual(leavesOut(english, 'README.zh-TW.md'));
    expect([targets(english)[0], targets(chinese)[0]]).toEqual(['README.zh-TW.md', 'README.md']);
  });

  it('is as current: the same rows in its tables, the same names in code', () => {
    expect(codeIn(chinese)).toEqual(codeIn(english));
    expect(rows(chinese)).toBe(rows(english));
  });
});
