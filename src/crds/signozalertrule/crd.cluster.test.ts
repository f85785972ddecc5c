import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  builderQuery,
  builderRule,
  longCondition,
  longRule,
  promqlQueries,
  promqlQuery,
  shortRule,
  threshold,
  v1Rule,
} from '../../../test/builders/signoz-alert-rule.ts';
import { WRONG_RULES } from '../../../test/builders/wrong-rules.ts';
import { causesOf, type KindOffers, offersOf } from '../../../test/parts/kind-offers.ts';
import { specOf } from '../../domain/rule/spec-of.ts';
import { fieldRows } from '../generate/field-rows.ts';
import { structural } from '../generate/structural.ts';
import { parseSignozAlertRule } from './parse.ts';
import { SignozAlertRuleSpec } from './spec.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FIXTURES = join(ROOT, 'test/fixtures/signoz');
const EXAMPLES = join(ROOT, 'examples/signoz');
const Recording = z.object({ get: z.object({ body: z.object({ data: z.looseObject({}) }) }) });

let api: KindOffers;

beforeAll(async () => {
  api = await offersOf('signozalertrules');
});

function parsedSpec(object: object): unknown {
  const parsed = parseSignozAlertRule(object);
  return parsed.ok ? parsed.object.spec : parsed.problems;
}

function rule(spec: object, name = 'offered'): object {
  return { apiVersion: 'awoooi.io/v1alpha1', kind: 'SignozAlertRule', metadata: { name }, spec };
}

const cumulative = { kind: 'cumulative', spec: { timezone: 'Asia/Taipei', schedule: { type: 'daily', hour: 0, minute: 0 } } };
const traces = builderQuery({ name: 'A', signal: 'traces', disabled: true, groupBy: [{ name: 'service.name', fieldContext: 'resource' }] });
const sum = { type: 'builder_formula', spec: { name: 'F1', expression: 'A * 100' } };
const anomaly = builderQuery({ functions: [{ name: 'anomaly', args: [{ name: 'z_score_threshold', value: 2 }] }] });

const RIGHT: readonly (readonly [what: string, spec: Readonly<Record<string, unknown>>])[] = [
  ['the short form', shortRule()],
  [
    'the short form with all it has',
    shortRule({ for: '5m', severity: 'critical', absentFor: '15m', unit: 'percentunit', frequency: '30s' }),
  ],
  ['the short form without channels, by policy', shortRule({ channels: undefined }, { notificationSettings: { usePolicy: true } })],
  ['the long form', longRule()],
  ['a formula over traces', builderRule([traces, sum], { alertType: 'TRACES_BASED_ALERT', evaluation: cumulative })],
  ['metrics', builderRule([builderQuery({ signal: 'metrics', aggregations: [{ metricName: 'm', spaceAggregation: 'p99' }] })])],
  ['a trace operator', builderRule([traces, { type: 'builder_trace_operator', spec: { name: 'T', expression: 'A => A' } }])],
  ['the older schema', v1Rule()],
  [
    'an anomaly',
    v1Rule(
      { ruleType: 'anomaly_rule' },
      { compositeQuery: { queryType: 'builder', queries: [anomaly] }, algorithm: 'standard', seasonality: 'daily' },
    ),
  ],
  [
    'reminders and absence',
    longRule({
      condition: longCondition({ alertOnAbsent: true, absentFor: 15 }),
      notificationSettings: { groupBy: [], renotify: { enabled: true, interval: '4h', alertStates: ['nodata', 'firing'] } },
    }),
  ],
  ['labels and annotations', shortRule({}, { labels: { 'a.b': '', _c: '{{ $value }}' }, annotations: { summary: '{{ $labels.x }}' } })],
  ['adoption by id', shortRule({}, { adoption: { policy: 'ById', ruleId: '01a206c2-68f0-7c16-aa6f-600e164ee7a3' } })],
  ['pointers to ignore', shortRule({}, { drift: { ignoreFields: ['/annotations/runbook', '/condition/thresholds/a~1b/target'] } })],
];

describe('the API server', () => {
  it.each(WRONG_RULES)('refuses $what', async ({ spec, field, sentence }) => {
    const answer = await api.offered(rule(spec));
    expect(answer).toMatchObject({ status: 422 });
    const causes = causesOf(answer).filter(cause => cause.field === field);
    expect(causes.map(cause => cause.message).join('\n')).toContain(sentence);
  });

  it.each([
    [
      'condition.compositeQuery.queries[0].spec.querry',
      longRule({ condition: longCondition({ compositeQuery: promqlQueries(promqlQuery({ querry: 'up' })) }) }),
    ],
    ['drift.ignore', shortRule({}, { drift: { ignore: [] } })],
  ])('refuses the unknown field %s by its name', async (path, spec) => {
    const answer = await api.offered(rule(spec));
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(`unknown field \\"spec.${path}\\"`);
  });

  it.each(RIGHT)('accepts %s and fills in what our parser fills in', async (_, spec) => {
    expect(await api.storedAs(rule(spec))).toEqual(parsedSpec(rule(spec)));
  });

  it.each(readdirSync(FIXTURES).filter(name => name.startsWith('rule-')))('accepts the rule of %s as it is written down', async file => {
    const { get } = Recording.parse(JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')));
    const object = rule(specOf(get.body.data).spec);
    expect(await api.storedAs(object)).toEqual(parsedSpec(object));
  });

  it.each(readdirSync(EXAMPLES).filter(file => file.endsWith('.yaml')))('accepts examples/signoz/%s', async file => {
    const object = z.looseObject({}).parse(parse(readFileSync(join(EXAMPLES, file), 'utf8')));
    expect(await api.storedAs(object)).toEqual(parsedSpec(object));
  });

  it.each(['plain', '警報', 'тревога', '🔥🚨', '𠮷野家', '\u{e0041}', '\u{f0000}\u{10ffff}', 'é vs e\u0301', '\u202eright to left'])(
    'accepts the name %j',
    async name => {
      const answer = await api.offered(rule(shortRule({}, { name })));
      expect(answer).toMatchObject({ status: 201, body: { spec: { name } } });
    },
  );

  it('accepts a hundred thresholds of many channels, and as many queries as there may be', async () => {
    const channels = Array.from({ length: 64 }, (_, n) => `${n} ${'x'.repeat(250)}`);
    const thresholds = Array.from({ length: 100 }, (_, n) => threshold({ name: `${n} ${'ä'.repeat(250)}`, target: n, channels }));
    const queries = Array.from({ length: 32 }, (_, n) =>
      builderQuery({
        name: `Q${n}`,
        aggregations: Array.from({ length: 16 }, (_item, m) => ({ expression: 'count()', alias: `${'a'.repeat(200)}${m}` })),
      }),
    );
    const condition = longCondition({ thresholds, compositeQuery: { queryType: 'builder', queries } });
    expect(await api.offered(rule(longRule({ condition })))).toMatchObject({ status: 201 });
  });

  it('accepts and stores a megabyte of text', async () => {
    const spec = shortRule(
      { expr: `up == 0 # ${'c'.repeat(16_000)}` },
      { description: '語'.repeat(150_000), annotations: { description: 'a'.repeat(700_000) } },
    );
    expect(await api.offered(rule(spec, 'large'), { kept: true })).toMatchObject({ status: 201 });
  });
});

describe('kubectl', () => {
  it('shows what became of a rule, by its short name and its category', async () => {
    expect(await api.offered(rule(shortRule(), 'shown'), { kept: true })).toMatchObject({ status: 201 });
    const at = { observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z', message: 'SigNoz has the rule as asked for.' };
    const conditions = [
      { type: 'Ready', status: 'True', reason: 'Synced', ...at },
      { type: 'Drifted', status: 'False', reason: 'NoDrift', ...at },
    ];
    const status = {
      conditions,
      remoteState: 'inactive',
      ruleId: 'rule-7',
      url: 'http://signoz/alerts/overview?ruleId=rule-7',
      plan: { action: 'None', hash: 'h' },
      lastSyncTime: '2026-01-01T00:00:00Z',
    };
    const contentType = 'application/merge-patch+json';
    expect(await api.cluster.request(api.pathOf('/shown/status'), { method: 'PATCH', contentType, body: { status } })).toMatchObject({
      status: 200,
    });
    const [head = '', line = ''] = (await api.kubectl('get', 'sar', 'shown')).split('\n');
    expect(head.split(/\s{2,}/)).toEqual(['NAME', 'READY', 'REASON', 'STATE', 'DRIFTED', 'LAST SYNC', 'AGE']);
    expect(line.split(/\s{2,}/).slice(0, 5)).toEqual(['shown', 'True', 'Synced', 'inactive', 'False']);
    const wide = await api.kubectl('get', 'sar', 'shown', '-o', 'wide');
    for (const told of ['PLAN', 'None', 'RULE', 'rule-7', 'URL', 'http://signoz/alerts/overview?ruleId=rule-7', 'MESSAGE', at.message])
      expect(wide).toContain(told);
    expect(await api.kubectl('get', 'awoooi')).toContain('signozalertrule.awoooi.io/shown');
  });

  it('explains each field', async () => {
    const tree = await api.kubectl('explain', 'sar.spec', '--recursive');
    const fields = fieldRows(structural(SignozAlertRuleSpec));
    const named = new Set([...tree.matchAll(/^\s+(\w+)\t/gm)].map(([, name]) => name));
    expect(fields.map(({ path }) => path.split('.').at(-1)?.replace('[]', '')).filter(name => !named.has(name))).toEqual([]);
    for (const path of ['drift.ignoreFields', 'condition.thresholds.op', 'condition.compositeQuery.queries.spec.groupBy']) {
      const said = await api.kubectl('explain', `sar.spec.${path}`);
      const description = fields.find(field => field.path.replaceAll('[]', '') === path)?.description ?? 'none';
      expect(said.replaceAll(/\s+/g, ' ')).toContain(description);
    }
  });
});
