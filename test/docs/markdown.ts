import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Root } from '../parts/installed.ts';

/** Every page of docs/, by its path from the root. */
export const DOCS: readonly string[] = readdirSync(join(Root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.md'))
  .map(name => join('docs', name))
  .toSorted();

/** All that people read: docs/, and the pages beside it. */
export const PAGES: readonly string[] = [
  ...['README.md', 'README.zh-TW.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'charts/awoooi-operator/README.md'].filter(page =>
    existsSync(join(Root, page)),
  ),
  ...DOCS,
];

export const pageText = (page: string): string => readFileSync(join(Root, page), 'utf8');

/** A page without what stands in code, whose brackets are no links and whose hashes no headings. */
function prose(page: string): string {
  return pageText(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .replaceAll(/^( {4}|\t).*$/gm, '');
}

export interface Link {
  /** From the root; the page itself for an anchor alone. */
  readonly to: string;
  readonly anchor: string | undefined;
}

/** What a page links to within the repository, pictures included. */
export function linksOf(page: string): readonly Link[] {
  return [
    ...prose(page)
      .replaceAll(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s#]*)(?:#([^)\s]*))?\)/g),
  ]
    .filter(([, target = '']) => !/^[a-z]+:/.test(target))
    .map(([, target = '', anchor]) => ({ to: target === '' ? page : relative(Root, join(Root, dirname(page), target)), anchor }));
}

/** The headings of a page. */
function headingsOf(page: string): readonly string[] {
  return [...prose(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, text = '']) => text);
}

/** The anchors of a page, as GitHub makes them of its headings. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = headingsOf(page).map(text => {
    const plain = text
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    const times = seen.get(plain) ?? 0;
    seen.set(plain, times + 1);
    return times === 0 ? plain : `${plain}-${times}`;
  });
  return new Set(anchors);
}
