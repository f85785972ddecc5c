import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { STANDS_FOR } from '../../src/domain/promql/known-metrics.ts';
import { Root } from '../parts/installed.ts';

it('the guide from Prometheus has every metric that convert knows SigNoz never writes, and what stands for it', async () => {
  const guide = await readFile(join(Root, 'docs/guides/from-prometheus.md'), 'utf8');
  const [, table = ''] = guide.split('| SigNoz never writes | use |\n|---|---|\n');
  const rows = table.split('\n\n')[0]?.split('\n') ?? [];
  expect(rows).toEqual(Object.entries(STANDS_FOR).map(([name, instead]) => `| \`${name}\` | ${instead} |`));
});
