import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathOf, Root } from '../parts/installed.ts';
import { type Alert, ALERTS_FILE, failures, shippedAlerts, subjectOf, writtenTests } from './rule-pack.ts';

const RUNBOOKS = 'https://github.com/awoooi/awoooi-operator/blob/main/docs/runbooks/';
const ALERTS = shippedAlerts();
const names = (alerts: readonly Alert[]): string[] => alerts.map(({ alert }) => alert);

/** Alerts that are not this one: always or never, with a number a fifth higher or lower, or after another time. Whole counts of one or two stand. */
function variants(alert: Alert): Alert[] {
  const numbers = [...alert.expr.matchAll(/(?<=[<>=] (?:bool )?)[\d.]+(?=$|\s|\))/g)].filter(
    ([text]) => Number(text) > 2 || text.includes('.'),
  );
  const moved = numbers.flatMap(found => [0.8, 1.25].map(by => withNumber(alert, found, Number(found[0]) * by)));
  const minutes = Number.parseInt(alert.for ?? '0', 10);
  const waits = alert.for === undefined ? [] : [minutes * 60 - 30, minutes * 60 + 60].map(seconds => ({ ...alert, for: `${seconds}s` }));
  return [{ ...alert, expr: `vector(1) > 2` }, { ...alert, expr: 'vector(1)' }, ...moved, ...waits];
}

function withNumber(alert: Alert, { index, 0: text }: RegExpExecArray, value: number): Alert {
  return { ...alert, expr: alert.expr.slice(0, index) + value + alert.expr.slice(index + text.length) };
}

const told = ({ alert, expr, for: wait }: Alert): string => `${alert} for ${wait}: ${expr}`;

/** What was fixed of an alert before there was this file. */
function fixed(name: string) {
  const found = ALERTS.find(({ alert }) => alert === name);
  return [found?.expr.replaceAll('\n', ' '), found?.for, found?.labels['severity']];
}

describe('the alerts', () => {
  it('are right by promtool, with every lint on', () => {
    const args = ['check', 'rules', '--lint=all', '--lint-fatal', ALERTS_FILE];
    const { status, stdout, stderr } = spawnSync(pathOf('promtool'), args, { encoding: 'utf8' });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: expect.stringContaining('SUCCESS') });
  });

  it('each have tests in which they fire and tests in which they never do', () => {
    const { tests } = writtenTests();
    expect([...new Set(tests.map(subjectOf))]).toEqual(names(ALERTS));
    const fires = (test: (typeof tests)[number]): boolean => test.promql_expr_test.some(({ exp_samples }) => exp_samples.length > 0);
    const lacking = names(ALERTS).filter(name => new Set(tests.filter(test => subjectOf(test) === name).map(fires)).size < 2);
    expect(lacking).toEqual([]);
  });

  it('pass their tests', () => {
    const failed = failures(ALERTS);
    expect(names(ALERTS.filter((_, at) => failed.has(at)))).toEqual([]);
  });

  it('fail them when a number or a time of theirs is another', () => {
    const changed = ALERTS.flatMap(variants);
    const noticed = failures(changed);
    expect(changed.length).toBeGreaterThan(130);
    expect(changed.filter((_, at) => !noticed.has(at)).map(told)).toEqual([]);
  }, 180_000);

  it.each(ALERTS)('$alert says what it is about, what to do next, and where to read on', ({ alert, labels, annotations }) => {
    expect(labels).toEqual({ severity: expect.stringMatching(/^(critical|warning|info)$/), service: 'alert-chain' });
    expect(Object.keys(annotations)).toEqual(['summary', 'description', 'runbook_url']);
    expect(annotations['summary']).toMatch(/^.{20,160}$/);
    expect(annotations['description']).toMatch(/^.{60,400}$/s);
    expect(annotations['runbook_url']).toBe(`${RUNBOOKS}${alert}.md`);
    expect(existsSync(join(Root, 'docs/runbooks', basename(annotations['runbook_url'] ?? '')))).toBe(true);
  });

  it('have the three rules of before word for word', () => {
    const path = '/api/v1/webhooks/alertmanager';
    expect(fixed('AlertChainBroken_Alertmanager')).toEqual([
      `sum(rate(http_requests_total{path="${path}",status!="200"}[5m])) > 0 or absent(http_requests_total{path="${path}"})`,
      '10m',
      'critical',
    ]);
    expect(fixed('AlertChainBroken_Sentry')).toEqual([
      'sum(rate(http_requests_total{path="/api/v1/webhooks/sentry/error",status!="200"}[5m])) > 0',
      '10m',
      'warning',
    ]);
    expect(fixed('NoAlertsReceivedLong')).toEqual(['time() - max(awoooi_last_alert_received_timestamp) > 7200', '5m', 'warning']);
  });
});
