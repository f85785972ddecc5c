import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { pathOf, Root } from '../parts/installed.ts';

export const ALERTS_FILE = join(Root, 'charts/awoooi-operator/files/alerts.yaml');
const TESTS_FILE = join(Root, 'test/monitoring/alerts.test.yml');

const Alert = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().exactOptional(),
  keep_firing_for: z.string().exactOptional(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
});
export type Alert = z.infer<typeof Alert>;
const RuleFile = z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(Alert) })) });

/** The alerts that are shipped. */
export function shippedAlerts(): readonly Alert[] {
  return RuleFile.parse(parse(readFileSync(ALERTS_FILE, 'utf8'))).groups.flatMap(({ rules }) => rules);
}

const Check = z.looseObject({ exp_samples: z.array(z.unknown()) });
const Test = z.looseObject({ name: z.string(), promql_expr_test: z.array(Check) });
export type AlertTest = z.infer<typeof Test>;
const Tests = z.looseObject({ evaluation_interval: z.string(), tests: z.array(Test) });

export function writtenTests(): z.infer<typeof Tests> {
  return Tests.parse(parse(readFileSync(TESTS_FILE, 'utf8')));
}

/** The alert that a test is about: the first word of its name. */
export const subjectOf = ({ name }: AlertTest): string => name.split(' ')[0] ?? '';

/**
 * Which of these alerts, by their places, fail their written tests: each by itself, for a test evaluates all rules of its file. One
 * promtool for all.
 */
export function failures(alerts: readonly Alert[]): ReadonlySet<number> {
  const folder = mkdtempSync(join(tmpdir(), 'alerts-'));
  try {
    const { tests, evaluation_interval } = writtenTests();
    alerts.forEach((alert, at) => {
      writeFileSync(join(folder, `${at}.rules.yml`), JSON.stringify({ groups: [{ name: 'g', rules: [alert] }] }));
      const own = tests.filter(test => subjectOf(test) === alert.alert);
      writeFileSync(join(folder, `${at}.yml`), JSON.stringify({ rule_files: [`${at}.rules.yml`], evaluation_interval, tests: own }));
    });
    const files = alerts.map((_, at) => `${at}.yml`);
    const command = ['-c', 'exec "$0" test rules "$@" 2>&1', pathOf('promtool'), ...files];
    const { stdout, error } = spawnSync('sh', command, { cwd: folder, encoding: 'utf8', timeout: 300_000, maxBuffer: 1 << 28 });
    if (error) throw error;
    return read(stdout, alerts.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** promtool gives a verdict for each file, in their order, and names none of them. */
function read(said: string, files: number): Set<number> {
  const verdicts = [...said.matchAll(/^ {2}(SUCCESS|FAILED:)$/gm)].map(([, verdict]) => verdict);
  if (verdicts.length !== files) throw new Error(`promtool judged ${verdicts.length} of ${files} files: ${said.slice(-500)}`);
  return new Set(verdicts.flatMap((verdict, at) => (verdict === 'SUCCESS' ? [] : [at])));
}
