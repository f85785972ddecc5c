import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { convertedGroups, type RuleOutcome } from '../src/domain/promql/rule-file.ts';
import { expandedShortForm } from '../src/domain/promql/short-form.ts';
import { shortFormOf } from '../src/domain/promql/short-form-of.ts';
import { ruleFile } from './builders/rule-file.ts';
import { type SignozWorld, signozWorld } from './builders/signoz-world.ts';
import { promqlSyntax } from '../src/adapters/promql/promql-syntax.ts';
import { pathOf } from './parts/installed.ts';
import { promtoolComplaint } from './parts/prometheus.ts';

const syntax = await promqlSyntax();
const options = { channels: ['ops-hook'], namespace: 'monitoring', secretName: 'signoz' };
const outcomesOf = (file: string): readonly RuleOutcome[] => convertedGroups(ruleFile(file).groups, { options, syntax });

/** What of the collection SigNoz cannot have, and the word by which it is told. */
const REFUSED: Readonly<Record<string, string>> = {
  HostConntrackLimit: 'UnknownFunction stripPort',
  PrometheusTargetMissing: 'UnknownFunction query',
  PrometheusRemoteWriteBehind: 'UnknownFunction parseDuration',
  PrometheusHighQueryLoad: 'UnknownFunction graphLink',
  PostgresqlSlowQueries: 'UnknownFunction query',
  MysqlBufferPool: 'ValueComputed lt',
  RabbitmqPartition: 'LabelCollision a_b',
  CertManagerRateLimit: 'UnknownFunction stripDomain',
  LoginFailures: 'UnknownFunction tableLink',
  SlowEndpoints: 'ValueComputed gt',
};

let world: SignozWorld;
beforeAll(async () => {
  world = await signozWorld();
});
afterAll(() => world.stop());

async function answerTo({ name, conversion }: RuleOutcome) {
  const expansion = conversion.ok ? expandedShortForm(conversion.rule.spec, syntax) : undefined;
  if (!expansion?.ok) return { name, status: 0 };
  const body = { alert: name, source: 'awoooi://test', version: 'v5', schemaVersion: 'v2alpha1', ...expansion.long };
  const [status, said] = await world.ask('POST', '/api/v2/rules', { body });
  return status === 201 ? { name, status } : { name, status, said };
}

describe('a collection of rules', () => {
  const outcomes = outcomesOf('collection.rules.yml');
  const alerts = outcomes.filter(({ conversion }) => conversion.ok || conversion.refusals[0]?.code !== 'RecordingRule');

  it.each(['collection.rules.yml', 'signoz-names.rules.yml'])('is one that Prometheus takes: %s', file => {
    expect(pathOf('promtool')).toContain('promtool');
    expect(promtoolComplaint(ruleFile(file).text)).toBeUndefined();
  });

  it('holds about two hundred alerts, and records some series', () => {
    expect(alerts.length).toBeGreaterThanOrEqual(200);
    const recorded = outcomes.filter(({ conversion }) => !conversion.ok && conversion.refusals[0]?.code === 'RecordingRule');
    expect(recorded.map(({ name }) => name)).toContain('job:http_errors:ratio5m');
    expect(recorded).toHaveLength(8);
  });

  it('is converted, but for what is refused by name', () => {
    const refused = alerts.flatMap(({ name, conversion }) => (conversion.ok ? [] : ([[name, conversion.refusals]] as const)));
    expect(Object.fromEntries(refused.map(([name, [first]]) => [name, first?.code]))).toEqual(
      Object.fromEntries(Object.entries(REFUSED).map(([name, told]) => [name, told.split(' ')[0]])),
    );
    for (const [name, [first]] of refused) expect(first?.message).toContain(REFUSED[name]?.split(' ')[1]);
  });

  it('is taken by SigNoz, every rule that was converted', async () => {
    const answers = [];
    for (const outcome of alerts.filter(({ conversion }) => conversion.ok)) answers.push(await answerTo(outcome));
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    expect(answers.length).toBe(alerts.length - Object.keys(REFUSED).length);
  });

  it('keeps templates that are good ones of Go, by its own parser', () => {
    const rules = outcomes.flatMap(({ name, conversion }) => {
      if (!conversion.ok) return [];
      const { labels = {}, annotations = {}, promql } = conversion.rule.spec;
      return [{ alert: name, expr: promql.expr, labels: { ...labels, object: conversion.rule.metadata.name }, annotations }];
    });
    expect(promtoolComplaint(stringify({ groups: [{ name: 'converted', rules }] }))).toBeUndefined();
  });

  it('gives each rule a name of its own that Kubernetes takes', () => {
    const names = outcomes.flatMap(({ conversion }) => (conversion.ok ? [conversion.rule.metadata.name] : []));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter(name => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['etcd-fsync-slow-warning', 'etcd-fsync-slow-critical', 'host-down']));
  });

  it('is seen in its short form again', () => {
    const lost = alerts.flatMap(({ name, conversion }) => {
      const expansion = conversion.ok ? expandedShortForm(conversion.rule.spec, syntax) : undefined;
      if (!expansion?.ok) return [];
      const seen = shortFormOf({ ...expansion.long }, syntax);
      const again = seen && expandedShortForm(seen, syntax);
      return again?.ok && JSON.stringify(again.long) === JSON.stringify(expansion.long) ? [] : [name];
    });
    expect(lost).toEqual([]);
  });
});

describe('the rules that people bring for SigNoz', () => {
  const outcomes = outcomesOf('signoz-names.rules.yml');
  const notesOf = (alert: string) => {
    const { conversion } = outcomes.find(({ name }) => name === alert) ?? {};
    return conversion?.notes.map(({ code, message }) => `${code} ${message}`) ?? [];
  };

  it('are converted, with the function gone and its unit set', () => {
    const [first] = outcomes;
    expect(first?.conversion).toMatchObject({
      ok: true,
      rule: {
        metadata: { name: 'api-high-error-rate', namespace: 'monitoring' },
        spec: {
          signoz: { secretRef: { name: 'signoz' } },
          name: 'APIHighErrorRate',
          promql: { for: '5m', severity: 'critical', channels: ['ops-hook'], unit: 'percentunit' },
          labels: { source: 'signoz' },
          annotations: { description: 'Service {{ .Labels.service_name }} fails {{$value}} of its requests' },
        },
      },
    });
  });

  it.each([
    ['APIHighErrorRate', 'SigNoz never writes signoz_spans_total: use signoz_calls_total'],
    ['APIHighErrorRate', 'http_status_code=~"5.."'],
    ['APIHighLatencyP99', 'SigNoz never writes signoz_spans_duration_bucket: use signoz_latency_bucket'],
    ['APIHighLatencyP95', 'milliseconds'],
    ['NoTracesReceived', 'SilentWithoutSeries'],
    ['HighSpanDropRate', 'collectors write otelcol_exporter_sent_spans,'],
  ])('warn of what SigNoz never writes: %s, %s', (alert, words) => {
    expect(notesOf(alert).join('\n')).toContain(words);
  });
});
