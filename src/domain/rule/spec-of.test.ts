import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { anyLongRule } from '../../../test/builders/any-long-rule.ts';
import { anySignozRule } from '../../../test/builders/any-signoz-rule.ts';
import { postableRule, ruleCondition, ruleQueries, ruleThresholds } from '../../../test/builders/signoz-rule.ts';
import { type Signoz, startSignoz } from '../../../test/servers/signoz.ts';
import { ruleIn, type SignozCaller, signozCaller } from '../../../test/servers/signoz-caller.ts';
import { SignozAlertRuleSpec } from '../../crds/signozalertrule/spec.ts';
import type { RuleBody } from '../ports/signoz-rules.ts';
import type { Fields } from '../text/json-fields.ts';
import { longBody } from './long-body.ts';
import { normalForm } from './normal-form.ts';
import { specOf } from './spec-of.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/signoz');
const Recording = z.object({ get: z.object({ body: z.object({ data: z.looseObject({ alert: z.string() }) }) }) });
const recordings = readdirSync(FIXTURES)
  .filter(name => name.startsWith('rule-'))
  .map(name => [name, Recording.parse(JSON.parse(readFileSync(join(FIXTURES, name), 'utf8'))).get.body.data] as const);

/** The rule that comes of a spec once it was applied, and nobody's. */
function applied(spec: Fields, name: string): RuleBody {
  return longBody(SignozAlertRuleSpec.parse(spec), name);
}

function nobodys(body: RuleBody): RuleBody {
  return normalForm({ ...body, source: '' });
}

describe('a rule that a real SigNoz showed', () => {
  it.each(recordings)('is the same rule once it was written down and applied: %s', (_, shown) => {
    const { spec, notes } = specOf(shown);
    expect(notes).toEqual([]);
    expect(nobodys(applied(spec, shown.alert))).toEqual(nobodys(shown));
  });

  it('is written as a person would write it', () => {
    expect(specOf(new Map(recordings).get('rule-promql-ratio.json') ?? {}).spec).toEqual({
      name: 'api error rate',
      description: '5xx share',
      alertType: 'METRIC_BASED_ALERT',
      condition: {
        compositeQuery: {
          queryType: 'promql',
          unit: 'percentunit',
          queries: [
            {
              type: 'promql',
              spec: {
                name: 'A',
                query:
                  'sum by (service_name) (rate(signoz_calls_total{status_code=~"5.."}[5m])) / sum by (service_name) (rate(signoz_calls_total[5m]))',
                legend: '{{service_name}}',
              },
            },
          ],
        },
        selectedQueryName: 'A',
        thresholds: [{ name: 'critical', target: 0.05, op: 'above', matchType: 'all_the_times', channels: ['ops-hook'] }],
      },
      evaluation: { kind: 'rolling', spec: { evalWindow: '5m', frequency: '1m' } },
      notificationSettings: { groupBy: ['service_name'], renotify: { enabled: true, interval: '4h', alertStates: ['firing', 'nodata'] } },
      labels: { empty: '', severity: 'critical', source: 'signoz' },
      annotations: { description: '{{$labels.service_name}}: {{$value}}', summary: 'API error rate > 5%' },
    });
  });

  it('of the older schema stays one', () => {
    expect(specOf(new Map(recordings).get('rule-v1-schema.json') ?? {}).spec).toMatchObject({
      schemaVersion: 'v1',
      evalWindow: '10m',
      frequency: '1m',
      preferredChannels: ['ops-hook'],
      condition: { op: 'above', matchType: 'all_the_times', target: 0.5 },
    });
  });
});

describe('what the spec has another way to say', () => {
  it.each([
    ['1h30m0s', '1h30m'],
    ['60s', '1m'],
    ['1.5h', '1h30m'],
    ['1.5s', '1s500ms'],
    [5_400_000_000_000, '1h30m'],
  ])('a window of %s is %s', (evalWindow, written) => {
    const { spec, notes } = specOf(postableRule({ source: '', evaluation: { kind: 'rolling', spec: { evalWindow, frequency: '1m' } } }));
    expect(spec).toMatchObject({ evaluation: { spec: { evalWindow: written } } });
    expect(notes).toEqual([]);
  });

  it('aliases are canonical, and what says nothing is left out', () => {
    const thresholds = ruleThresholds([{ op: '>', matchType: 'avg', targetUnit: '', recoveryTarget: null, target: 0 }]);
    expect(specOf(postableRule({ condition: ruleCondition({ thresholds }) })).spec['condition']).toEqual({
      compositeQuery: { queryType: 'promql', queries: [{ type: 'promql', spec: { name: 'A', query: 'up' } }] },
      selectedQueryName: 'A',
      thresholds: [{ name: 'critical', target: 0, op: 'above', matchType: 'on_average', channels: ['ops-hook'] }],
    });
  });

  it('reminders that are off keep their interval', () => {
    const renotify = { enabled: false, interval: '4h0m0s' };
    const { spec, notes } = specOf(postableRule({ source: '', notificationSettings: { renotify, usePolicy: false } }));
    expect(spec['notificationSettings']).toEqual({ renotify: { enabled: false, interval: '4h' } });
    expect(notes).toEqual([]);
  });

  it('int64 stays apart from the other numbers', () => {
    const groupBy = [{ name: 'status', fieldContext: 'attribute', fieldDataType: 'int64' }];
    const spec = { name: 'A', signal: 'logs', aggregations: [{ expression: 'count()' }], groupBy };
    const compositeQuery = ruleQueries([{ type: 'builder_query', spec }], { queryType: 'builder' });
    const { spec: written } = specOf(postableRule({ ruleType: 'threshold_rule', condition: ruleCondition({ compositeQuery }) }));
    expect(written).toMatchObject({ condition: { compositeQuery: { queries: [{ spec: { groupBy } }] } } });
  });
});

function withQuery(over: object): RuleBody {
  const compositeQuery = ruleQueries([{ type: 'promql', spec: { name: 'A', query: 'up', ...over } }]);
  return postableRule({ condition: ruleCondition({ compositeQuery }) });
}

describe('what the spec cannot say', () => {
  it.each<[what: string, body: RuleBody, note: RegExp]>([
    ['a source of somebody else', postableRule({ source: 'https://signoz/alerts' }), /^source is "https:\/\/signoz\/alerts" and gives way/],
    ['a field of a newer SigNoz', postableRule({ priority: 3 }), /^\/priority is 3 in SigNoz and is left out/],
    ['a field of a query of a newer SigNoz', withQuery({ cache: 'no' }), /^\/condition\/compositeQuery\/queries\/0\/spec\/cache is "no"/],
    [
      'less than a millisecond',
      postableRule({ evaluation: { kind: 'rolling', spec: { evalWindow: '1m1us', frequency: '1m' } } }),
      /evalWindow is "1m1us".*becomes "1m"/,
    ],
    [
      'half a second between points',
      withQuery({ step: 0.5 }),
      /^the spec would be refused: condition.compositeQuery.queries\[0\].spec.step/,
    ],
    ['no type of alert', postableRule({ alertType: '' }), /^\/alertType is not set in SigNoz and becomes "METRIC_BASED_ALERT"/],
    [
      'two thresholds of one name',
      postableRule({ condition: ruleCondition({ thresholds: ruleThresholds([{ target: 1 }, { target: 2 }]) }) }),
      /^two thresholds have the same name; one of them becomes "critical #2"/,
    ],
    [
      'too many labels',
      postableRule({ labels: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`l${n}`, 'x'])) }),
      /^the spec would be refused: labels: must have at most 64/,
    ],
  ])('is told: %s', (_, body, note) => {
    expect(specOf({ source: '', ...body }).notes.join('\n')).toMatch(new RegExp(note.source, 'm'));
  });

  it('leaves a field of a query out that would have the whole object refused', () => {
    const { spec } = specOf(withQuery({ cache: 'no' }));
    expect(JSON.stringify(spec)).not.toContain('cache');
    expect(SignozAlertRuleSpec.safeParse(spec).success).toBe(true);
  });
});

describe('against the stand-in', () => {
  let signoz: Signoz;
  let ask: SignozCaller;
  beforeAll(async () => {
    const channels = ['ops-hook', 'second'].map(name => ({ name, webhook_configs: [{ url: 'http://127.0.0.1:1/' }] }));
    signoz = await startSignoz({ channels });
    ask = signozCaller(signoz);
  });
  afterAll(() => signoz.stop());

  async function shownOf(body: RuleBody): Promise<z.infer<typeof Recording>['get']['body']['data']> {
    const posted = await ask('POST', '/api/v2/rules', { body });
    expect(posted).toEqual([201, expect.anything()]);
    const path = `/api/v2/rules/${ruleIn(posted).id}`;
    const shown = z.looseObject({ alert: z.string() }).parse(ruleIn(await ask('GET', path)));
    await ask('DELETE', path);
    return shown;
  }

  it('takes every rule that the schema accepts, and shows a rule whose spec is that rule', async () => {
    await fc.assert(
      fc.asyncProperty(anyLongRule, async spec => {
        const name = String(spec['name']);
        const shown = await shownOf(applied(spec, name));
        expect(nobodys(shown)).toEqual(nobodys(applied(spec, name)));
        const written = specOf(shown);
        expect(written.notes).toEqual([]);
        expect(nobodys(applied(written.spec, name))).toEqual(nobodys(shown));
      }),
      { numRuns: 300 },
    );
  });

  it('loses nothing in silence of a rule that people made there in any spelling', async () => {
    let same = 0;
    await fc.assert(
      fc.asyncProperty(anySignozRule, async body => {
        const shown = await shownOf(body);
        const { spec, notes } = specOf({ ...shown, source: '' });
        if (notes.length > 0) return;
        same++;
        expect(nobodys(applied(spec, shown.alert))).toEqual(nobodys(shown));
        expect(nobodys(await shownOf(applied(spec, shown.alert)))).toEqual(nobodys(shown));
      }),
      { numRuns: 300 },
    );
    expect(same).toBeGreaterThan(30);
  });
});
