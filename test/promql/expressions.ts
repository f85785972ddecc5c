import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = join(import.meta.dirname, '../fixtures/promql/expressions.json');

/** Too long or too deep to be written down. */
const LARGE = [
  `${'('.repeat(140)}up${')'.repeat(140)}`,
  `${'('.repeat(140)}up${')'.repeat(139)}`,
  `${'abs('.repeat(70)}up${')'.repeat(70)}`,
  `${'-'.repeat(140)}up`,
  listed(145, at => `m${at}`).join(' or '),
  listed(140, at => `sum by (job) (rate(a_metric_with_a_long_name_${at}[5m]))`).join(' and '),
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
