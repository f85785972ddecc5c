import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logsRule, postableRule, queryOf, ruleCondition, ruleOfQueries, ruleThresholds } from '../builders/signoz-rule.ts';
import { type Signoz, startSignoz } from './signoz.ts';
import { ruleIn, type SignozCaller, signozCaller } from './signoz-caller.ts';

let signoz: Signoz;
let ask: SignozCaller;

beforeAll(async () => {
  signoz = await startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:1/' }] }] });
  ask = signozCaller(signoz);
});
afterAll(() => signoz.stop());

async function shownOf(over: object) {
  const { id } = ruleIn(await ask('POST', '/api/v2/rules', { body: postableRule(over) }));
  return ruleIn(await ask('GET', `/api/v2/rules/${id}`));
}

function specOf(rule: unknown): unknown {
  const [first] = Object(Object(Object(rule)['condition'])['compositeQuery'])['queries'];
  return Object(first)['spec'];
}

describe('a read', () => {
  it('leaves zero durations out, and gives a v1 rule its own', async () => {
    const settings = { notificationSettings: { renotify: { enabled: false, interval: '0s' }, newGroupEvalDelay: 0 } };
    const rule = await shownOf({ evalWindow: '0s', frequency: 0, ...settings });
    expect(rule).not.toHaveProperty('evalWindow');
    expect(rule).not.toHaveProperty('frequency');
    expect(rule['notificationSettings']).toEqual({ usePolicy: false, renotify: { enabled: false } });
    const condition = { ...ruleCondition({ thresholds: undefined }), op: 'above', matchType: '1', target: 1 };
    const old = await shownOf({ schemaVersion: undefined, condition, evalWindow: '0s', preferredChannels: ['ops-hook'] });
    expect(old).toMatchObject({ evalWindow: '5m', frequency: '1m' });
  });

  it.each<[string, readonly string[]]>([
    ['service.name', ['service.name', '', '']],
    ['resource.service.name:string', ['service.name', 'resource', 'string']],
    ['tag.a:str', ['a', 'attribute', 'string']],
    ['point.a:int32', ['a', 'attribute', 'number']],
    ['spanfield.a:float64', ['a', 'span', 'number']],
    ['logfield.a:int64', ['a', 'log', 'int64']],
    ['tracefield.a:bool', ['a', 'trace', 'bool']],
    ['other.a:uuid', ['other.a', '', '']],
    ['attribute.a:double', ['a', 'attribute', 'number']],
    ['a:decimal', ['a', '', 'number']],
    ['a:uint8', ['a', '', 'number']],
  ])('parses the key %s', async (name, [parsed, fieldContext, fieldDataType]) => {
    const key = { name: parsed, signal: '', fieldContext, fieldDataType };
    expect(specOf(await shownOf(logsRule({ groupBy: [{ name }] })))).toMatchObject({ groupBy: [key] });
  });

  it('puts enums into lower case, trimmed, and leaves alone what is none', async () => {
    const thresholds = { kind: ' Basic', spec: [{ ...ruleThresholds([{}]).spec[0], op: ' ABOVE ', matchType: 'Avg' }] };
    const spec = { signal: ' LOGS', source: ' Meter ', functions: [{ name: ' FillZero' }], aggregations: [{ expression: 'Count()' }] };
    const rule = await shownOf({
      ruleType: ' Threshold_Rule ',
      condition: {
        ...ruleCondition({ thresholds }),
        compositeQuery: { queryType: 'BUILDER', panelType: ' Graph', queries: [{ type: 'Builder_Query', spec: { name: 'A', ...spec } }] },
      },
    });
    expect(rule).toMatchObject({
      ruleType: 'threshold_rule',
      condition: {
        compositeQuery: { queryType: 'builder', panelType: 'graph', queries: [{ type: 'builder_query' }] },
        thresholds: { kind: 'basic', spec: [{ op: 'above', matchType: 'avg' }] },
      },
    });
    const shown = { signal: 'logs', source: 'meter', functions: [{ name: 'fillzero' }], aggregations: [{ expression: 'Count()' }] };
    expect(specOf(rule)).toMatchObject(shown);
  });

  it.each<[object, object]>([
    [queryOf('promql', { query: 'up' }), { name: 'A', query: 'up', disabled: false, step: 0, stats: false, legend: '' }],
    [queryOf('promql', { query: 'up', step: '1m' }), { name: 'A', query: 'up', disabled: false, step: 60, stats: false, legend: '' }],
    [queryOf('clickhouse_sql', { query: 'SELECT 1' }), { name: 'A', query: 'SELECT 1', disabled: false, legend: '' }],
  ])('emits every field of %j', async (one, shown) => {
    const type = String(Object(one)['type']);
    expect(specOf(await shownOf({ ...ruleOfQueries(type, one), ruleType: type === 'promql' ? '' : 'threshold_rule' }))).toEqual(shown);
  });

  it('shows halves of surrogate pairs as Go does, which knows no such thing', async () => {
    expect((await shownOf({ alert: 'a\ud800b 😀 \udc00' }))['alert']).toBe('a\ufffdb 😀 \ufffd');
  });
});
