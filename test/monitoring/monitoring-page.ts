import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Root } from '../parts/installed.ts';

/** The fenced blocks of one language in docs/monitoring.md, in their order. */
export function monitoringBlocks(language: string): string[] {
  const page = readFileSync(join(Root, 'docs/monitoring.md'), 'utf8');
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, of, text = '']) => (of === language ? [text] : []));
}
