import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { isWatchdog } from '../src/domain/drills/alert.ts';
import { expandedShortForm } from '../src/domain/promql/short-form.ts';
import { shortFormOf } from '../src/domain/promql/short-form-of.ts';
import { metricWarnings } from '../src/domain/promql/known-metrics.ts';
import { type SignozWorld, signozWorld } from './builders/signoz-world.ts';
import { promqlSyntax } from '../src/adapters/promql/promql-syntax.ts';

const FOLDER = join(import.meta.dirname, '../examples/signoz');
const syntax = await promqlSyntax();

const Example = z.strictObject({
  apiVersion: z.literal('awoooi.io/v1alpha1'),
  kind: z.literal('SignozAlertRule'),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({
    signoz: z.strictObject({ secretRef: z.strictObject({ name: z.literal('signoz') }) }),
    name: z.string(),
    promql: z.strictObject({
      expr: z.string(),
      for: z.string().exactOptional(),
      severity: z.string(),
      channels: z.array(z.string()),
      absentFor: z.string().exactOptional(),
      unit: z.string().exactOptional(),
    }),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    notificationSettings: z
      .strictObject({
        renotify: z.strictObject({ enabled: z.boolean(), interval: z.string(), alertStates: z.array(z.enum(['firing', 'nodata'])) }),
      })
      .exactOptional(),
  }),
});

const examples = readdirSync(FOLDER)
  .filter(file => file.endsWith('.yaml'))
  .map(file => ({ file, ...Example.parse(parse(readFileSync(join(FOLDER, file), 'utf8'))) }));

const named = (name: string) => {
  const found = examples.find(({ spec }) => spec.name === name);
  if (!found) throw new Error(`there is no example ${name}`);
  return found;
};

function expanded(name: string) {
  const expansion = expandedShortForm(named(name).spec, syntax);
  if (!expansion.ok) throw new Error(expansion.refusals.map(({ message }) => message).join('; '));
  return expansion;
}

interface Wanted {
  readonly query: string;
  readonly threshold: object;
  readonly evalWindow: string;
  readonly severity: string;
  readonly unit?: string;
  readonly condition?: object;
  readonly notificationSettings?: object;
  readonly labels?: object;
}

const calls = (more: string): string => `sum by (service_name) (rate(signoz_calls_total{service_name="awoooi-api"${more}}[5m]))`;
const latency = (quantile: string): string =>
  `histogram_quantile(${quantile}, sum by (service_name, le) (rate(signoz_latency_bucket{service_name="awoooi-api"}[5m])))`;

const FORMS: readonly (readonly [string, string, Wanted])[] = [
  [
    'APIHighErrorRate',
    'api-high-error-rate',
    {
      query: `${calls(', http_status_code=~"5.."')}\n  / ${calls('')}`,
      threshold: { op: 'above', target: 0.05, matchType: 'all_the_times' },
      evalWindow: '5m',
      severity: 'critical',
      unit: 'percentunit',
    },
  ],
  [
    'APIHighLatencyP99',
    'api-high-latency-p99',
    {
      query: latency('0.99'),
      threshold: { op: 'above', target: 2000, matchType: 'all_the_times' },
      evalWindow: '5m',
      severity: 'warning',
      unit: 'ms',
    },
  ],
  [
    'APIHighLatencyP95',
    'api-high-latency-p95',
    {
      query: latency('0.95'),
      threshold: { op: 'above', target: 1000, matchType: 'all_the_times' },
      evalWindow: '10m',
      severity: 'warning',
      unit: 'ms',
    },
  ],
  [
    'NoTracesReceived',
    'no-traces-received',
    {
      query: 'sum(rate(signoz_calls_total[5m]))',
      threshold: { op: 'equal', target: 0, matchType: 'all_the_times' },
      evalWindow: '15m',
      severity: 'warning',
      condition: { alertOnAbsent: true, absentFor: 15 },
    },
  ],
  [
    'HighSpanDropRate',
    'high-span-drop-rate',
    {
      query:
        'sum(rate(otelcol_exporter_send_failed_spans[5m]))\n' +
        '  / ((sum(rate(otelcol_exporter_sent_spans[5m])) or vector(0)) + sum(rate(otelcol_exporter_send_failed_spans[5m])) > 0)',
      threshold: { op: 'above', target: 0.01, matchType: 'all_the_times' },
      evalWindow: '5m',
      severity: 'warning',
      unit: 'percentunit',
    },
  ],
  [
    'SigNozWatchdog',
    'signoz-watchdog',
    {
      query: 'vector(1)',
      threshold: { op: 'outside_bounds', target: 0, matchType: 'at_least_once' },
      evalWindow: '1m',
      severity: 'none',
      notificationSettings: { renotify: { enabled: true, interval: '1m', alertStates: ['firing'] } },
      labels: { awoooi_watchdog: 'true' },
    },
  ],
];

let world: SignozWorld;
beforeAll(async () => {
  world = await signozWorld();
});
afterAll(() => world.stop());

describe('examples/signoz', () => {
  it('holds the six rules', () => {
    expect(examples.map(({ spec }) => spec.name).toSorted()).toEqual(FORMS.map(([name]) => name).toSorted());
  });

  it.each(FORMS)('holds %s as SigNoz is to get it', (name, object, { query, threshold, evalWindow, severity, ...more }) => {
    expect(named(name)).toMatchObject({ file: `${object}.yaml`, metadata: { name: object } });
    expect(expanded(name).long).toEqual({
      alertType: 'METRIC_BASED_ALERT',
      ruleType: 'promql_rule',
      condition: {
        compositeQuery: {
          queryType: 'promql',
          panelType: 'graph',
          ...(more.unit !== undefined && { unit: more.unit }),
          queries: [{ type: 'promql', spec: { name: 'A', query } }],
        },
        selectedQueryName: 'A',
        thresholds: { kind: 'basic', spec: [{ name: severity, ...threshold, channels: ['awoooi'] }] },
        ...more.condition,
      },
      evaluation: { kind: 'rolling', spec: { evalWindow, frequency: '1m' } },
      notificationSettings: more.notificationSettings ?? {},
      labels: { severity, source: 'signoz', ...more.labels },
      annotations: named(name).spec.annotations,
    });
  });

  it.each(FORMS)('names only metrics that SigNoz writes: %s', name => {
    const read = syntax.read(named(name).spec.promql.expr);
    expect(read.ok && metricWarnings(read.reading)).toEqual([]);
    const metrics = read.ok ? read.reading.selectors.map(({ metric }) => metric) : [];
    const written = /^(signoz_calls_total|signoz_latency_bucket|otelcol_exporter_(sent|send_failed)_spans)$/;
    expect(metrics.filter(metric => !written.test(metric ?? ''))).toEqual([]);
  });

  it.each(FORMS)('is taken by SigNoz: %s', async name => {
    const { long } = expanded(name);
    const [threshold] = long.condition.thresholds.spec;
    const thresholds = { kind: 'basic', spec: [{ ...threshold, channels: ['ops-hook'] }] };
    const rule = { alert: name, source: 'awoooi://test', version: 'v5', schemaVersion: 'v2alpha1', ...long };
    const [status] = await world.ask('POST', '/api/v2/rules', { body: { ...rule, condition: { ...long.condition, thresholds } } });
    expect(status).toBe(201);
  });

  it.each(FORMS)('is shown in its short form again: %s', name => {
    const { promql, labels, annotations, notificationSettings } = named(name).spec;
    const shown = shortFormOf({ ...expanded(name).long }, syntax);
    expect(shown).toEqual({ promql, labels, annotations, ...(notificationSettings && { notificationSettings }) });
  });

  it('has a Watchdog that is taken for a sign of life, and no other rule is', () => {
    const watchdogs = examples.filter(({ spec }) =>
      isWatchdog(
        { status: 'firing', labels: { alertname: spec.name, severity: spec.promql.severity, ...spec.labels }, annotations: {} },
        'signoz',
      ),
    );
    expect(watchdogs.map(({ spec }) => spec.name)).toEqual(['SigNozWatchdog']);
  });
});
