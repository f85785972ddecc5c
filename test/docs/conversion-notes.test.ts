import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Root } from '../parts/installed.ts';

it('the guide from Prometheus explains every note that convert gives', async () => {
  const source = await readFile(join(Root, 'src/domain/promql/note.ts'), 'utf8');
  const [, codes = ''] = /type NoteCode =([^;]*);/.exec(source) ?? [];
  const guide = await readFile(join(Root, 'docs/guides/from-prometheus.md'), 'utf8');
  const [, table = ''] = guide.split('| note | what it says, and what to do |\n|---|---|\n');
  const explained = (table.split('\n\n')[0] ?? '').split('\n').flatMap(row => row.split('|')[1]?.match(/\w+/g) ?? []);
  expect(explained.toSorted()).toEqual([...codes.matchAll(/'(\w+)'/g)].flatMap(([, code = '']) => [code]).toSorted());
});
