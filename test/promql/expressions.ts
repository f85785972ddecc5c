import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = join(import.meta.dirname, '../fixtures/promql/expressions.json');

/** Too long or too deep to be written down. */
const LARGE = [
  `${'('.repeat(200)}up${')'.repeat(200)}`,
  `${'('.repeat(200)}up${')'.repeat(199)}`,
  `${'abs('.repeat(200)}up${')'.repeat(200)}`,
  `${'-'.repeat(400)}up`,
  listed(400, at => `m${at}`).join(' or '),
  `up{a="${'x'.repeat(100_000)}"}`,
  `up{a=~"${listed(15_000, at => `v${at}`).join('|')}"} > 1`,
  `label_join(up, "a", ",", ${listed(10_000, at => `"l${at}"`).join(', ')})`,
  `up${' '.repeat(100_000)}> 1`,
  `up # ${'x'.repeat(100_000)}`,
  `up{${listed(5000, at => `l${at}!="v"`).join(',')}}`,
  `up{a=~"${'(?:'.repeat(900)}x${')'.repeat(900)}"}`,
  `up{a=~"${'('.repeat(950)}x${')'.repeat(950)}"}`,
  `up{a=~"${'('.repeat(1001)}x${')'.repeat(1001)}"}`,
  `up{a=~"${'a{1000}'.repeat(5000)}"}`,
];

/** Expressions of every kind, right and wrong ones. What each is worth, promtool says. */
export const EXPRESSIONS: readonly string[] = [...z.array(z.string()).parse(JSON.parse(readFileSync(FILE, 'utf8'))), ...LARGE];

function listed(count: number, of: (at: number) => string): string[] {
  return Array.from({ length: count }, (_, at) => of(at));
}
