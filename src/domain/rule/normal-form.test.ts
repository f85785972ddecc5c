import { describe, expect, it } from 'vitest';
import { postableRule, ruleCondition, ruleQueries, ruleThresholds } from '../../../test/builders/signoz-rule.ts';
import { normalForm } from './normal-form.ts';

it('knows no rule that is nested deeper than a stack holds', () => {
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
  const once = normalForm(postableRule({ condition: { compositeQuery: { queries: deep } } }));
  expect(once).toMatchObject({ alert: 'api error rate', condition: 'nested too deep to be compared' });
  expect(normalForm(once)).toEqual(once);
});

function withSpec(type: string, spec: object) {
  return postableRule({ condition: ruleCondition({ compositeQuery: ruleQueries([{ type, spec }], { queryType: 'builder' }) }) });
}
const built = (spec: object) => withSpec('builder_query', { name: 'A', signal: 'metrics', ...spec });
const keyed = (key: object) => built({ groupBy: [key] });
const thresholds = (...all: readonly object[]) => postableRule({ condition: ruleCondition({ thresholds: ruleThresholds(all) }) });
const condition = (over: object) => postableRule({ condition: ruleCondition(over) });
const notified = (notificationSettings: object) => postableRule({ notificationSettings });
const rolling = (evalWindow: unknown) => postableRule({ evaluation: { kind: 'rolling', spec: { evalWindow, frequency: '1m' } } });
const scheduled = (schedule: object) =>
  postableRule({ evaluation: { kind: 'cumulative', spec: { schedule, frequency: '5m', timezone: 'UTC' } } });
const { schemaVersion: _, evaluation: __, notificationSettings: ___, ...v1Top } = postableRule();
const v1 = (over: object = {}, compared: object = {}) => {
  const { thresholds: ____, ...rest } = ruleCondition({ op: 'above', matchType: 'last', target: 1 });
  return { ...v1Top, condition: { ...rest, ...compared }, preferredChannels: ['ops-hook'], ...over };
};
const a = { name: 'a', target: 1 };

describe('is one for', () => {
  it.each<[string, object, object]>([
    [
      "the server's fields",
      postableRule(),
      postableRule({ id: 'x', state: 'firing', createdAt: 'x', updatedAt: 'x', createdBy: 'x', updatedBy: 'x' }),
    ],
    ["the server's fields in v1", postableRule(), postableRule({ createAt: 'x', updateAt: 'x', createBy: null, updateBy: 'x' })],
    ['fields that are none', postableRule(), postableRule({ broadcastToAll: true, summary: 'x', severity: 'y' })],
    ['disabled', postableRule(), postableRule({ disabled: false })],
    ['version', postableRule(), postableRule({ version: '' })],
    ['rule type of PromQL', postableRule({ ruleType: 'threshold_rule' }), postableRule({ ruleType: ' PromQL_Rule' })],
    ['rule type of the builder', { ...built({}), ruleType: '' }, { ...built({}), ruleType: 'THRESHOLD_RULE ' }],
    ['panel type', condition({ compositeQuery: ruleQueries([], { panelType: 'Graph' }) }), condition({ compositeQuery: ruleQueries([]) })],
    ['empty maps, texts and lists', postableRule({ labels: {}, description: '', foo: [] }), postableRule({ labels: null })],
    ['an unknown field that says nothing', postableRule(), postableRule({ foo: { bar: [], baz: { quux: 0 } } })],
    ['a null label, which Go reads as an empty one', postableRule({ labels: { a: null } }), postableRule({ labels: { a: '' } })],
    ['the uid in a marker', postableRule({ source: 'awoooi://c/n/x/1' }), postableRule({ source: 'awoooi://c/n/x/2' })],
    ['a condition', condition({ alertOnAbsent: false, absentFor: 0, requiredNumPoints: 0, algorithm: '' }), condition({})],
    ['for how long nothing comes, where nobody asks', condition({ absentFor: 10 }), condition({ alertOnAbsent: false })],
    ["v1's fields in v2alpha1", condition({ op: '1', target: 3 }), postableRule({ evalWindow: '5m0s', preferredChannels: ['x'] })],
    [
      'maps of older queries',
      condition({ compositeQuery: ruleQueries([], { chQueries: { A: 1 } }) }),
      condition({ compositeQuery: ruleQueries([]) }),
    ],
    [
      'maps of a builder',
      condition({ compositeQuery: ruleQueries([], { builderQueries: { A: 1 } }) }),
      condition({ compositeQuery: ruleQueries([], { promQueries: 1 }) }),
    ],
    ['ops', thresholds({ op: '!=' }, { name: 'a', op: '6' }), thresholds({ op: 'NOT_EQ' }, { name: 'a', op: 'below_or_equal' })],
    ['match types', thresholds({ matchType: 'avg' }), thresholds({ matchType: '3' })],
    ['thresholds in another order', thresholds(a, { name: 'b' }), thresholds({ name: 'b' }, a)],
    ['thresholds of one name in another order', thresholds(a, { ...a, target: 2 }), thresholds({ ...a, target: 2 }, a)],
    ['all seven keys of a threshold', thresholds({}), thresholds({ targetUnit: '', recoveryTarget: null })],
    ['the kind of thresholds', thresholds({}), condition({ thresholds: { ...ruleThresholds([{}]), kind: ' Basic' } })],
    ['channels', thresholds({ channels: ['b', 'a', 'b'] }), thresholds({ channels: ['a', 'b'] })],
    ['no channels', thresholds({ channels: null }), thresholds({ channels: [] })],
    ['a window', rolling('90m'), rolling('1h30m0s')],
    ['a window in nanoseconds', rolling('5m'), rolling(300_000_000_000)],
    ['a window in fractions', rolling('0.5h'), rolling('29m59.999999999s1ns')],
    ['a schedule', scheduled({ type: 'daily', hour: 0, minute: 0, day: null }), scheduled({ type: ' Daily ', hour: 0, minute: -0 })],
    [
      'settings',
      notified({}),
      notified({ usePolicy: false, groupBy: [], newGroupEvalDelay: '0s', renotify: { enabled: false, alertStates: [] } }),
    ],
    ['groups', notified({ groupBy: ['b', 'a'] }), notified({ groupBy: ['a', 'b', 'a'] })],
    [
      'repeats',
      notified({ renotify: { enabled: true, interval: '4h', alertStates: ['nodata', 'firing'] } }),
      notified({ renotify: { enabled: true, interval: '240m', alertStates: [' Firing', 'nodata'] } }),
    ],
    [
      'a builder query',
      built({}),
      built({ source: '', disabled: false, legend: '', stepInterval: 0, filter: { expression: '' }, groupBy: [] }),
    ],
    ['a step', built({ stepInterval: '60s' }), built({ stepInterval: 60 })],
    ['a step of PromQL', withSpec('promql', { query: 'up', step: '1m', stats: false }), withSpec('promql', { query: 'up', step: 60 })],
    ['a signal', built({ signal: ' METRICS' }), built({})],
    [
      'an aggregation',
      built({ aggregations: [{ metricName: 'm', spaceAggregation: 'Sum', temporality: '', timeAggregation: '' }] }),
      built({ aggregations: [{ metricName: 'm', spaceAggregation: 'sum' }] }),
    ],
    [
      'a function',
      built({ functions: [{ name: 'clampMin', args: [{ name: '', value: 0 }] }] }),
      built({ functions: [{ name: 'clampmin', args: [{ value: 0 }] }] }),
    ],
    [
      'an order',
      built({ order: [{ key: { name: 'tag.x' }, direction: 'DESC' }] }),
      built({ order: [{ key: { name: 'x', fieldContext: 'attribute' }, direction: 'desc' }] }),
    ],
    ['a key', keyed({ name: 'x' }), keyed({ name: 'x', signal: '', fieldContext: '', fieldDataType: null })],
    [
      'a key in one',
      keyed({ name: 'resource.service.name:string' }),
      keyed({ name: 'service.name', fieldContext: 'resource', fieldDataType: 'str' }),
    ],
    ['a key with two colons', keyed({ name: 'a:b:string' }), keyed({ name: 'a:b', fieldDataType: 'string' })],
    ['a context that SigNoz forgets', keyed({ name: 'x', fieldContext: 'tracefield' }), keyed({ name: 'x', fieldContext: 'trace' })],
    ['contexts', keyed({ name: 'x', fieldContext: 'spanfield' }), keyed({ name: 'span.x' })],
    ['an unknown context and type', keyed({ name: 'x', fieldContext: 'nonsense', fieldDataType: 'nonsense' }), keyed({ name: 'x' })],
    ['numbers', keyed({ name: 'x:uint8' }), keyed({ name: 'x', fieldDataType: 'FLOAT64' })],
    ['what a body holds', keyed({ name: 'log.body.x' }), keyed({ name: 'x', fieldContext: 'body' })],
    ['selected fields', built({ selectFields: [{ name: 'log.x' }] }), built({ selectFields: [{ name: 'x', fieldContext: 'logfield' }] })],
    ['signal of what is always of traces', withSpec('builder_ai_query', { signal: 'Traces' }), withSpec('BUILDER_AI_QUERY', {})],
    ['v1, named or not', v1(), v1({ schemaVersion: 'v1' })],
    ['defaults of v1', v1(), v1({ evalWindow: '300s', frequency: '60s' })],
    ['zero times of v1', v1(), v1({ evalWindow: '', frequency: 0 })],
    ['what SigNoz strips in v1', v1(), v1({ evaluation: { kind: 'rolling' }, notificationSettings: { groupBy: ['a'] } })],
    ['thresholds in v1', v1(), v1({}, { thresholds: ruleThresholds([{}]) })],
    ['comparisons of v1', v1({}, { op: '>', matchType: '5', targetUnit: '' }), v1()],
    ['channels of v1', v1({ preferredChannels: ['b', 'a'] }), v1({ preferredChannels: ['a', 'b', 'b'] })],
  ])('%s', (_, one, other) => {
    expect(normalForm({ ...one })).toEqual(normalForm({ ...other }));
  });
});

describe('tells apart', () => {
  it.each<[string, object, object]>([
    ['alert types in another case', postableRule(), postableRule({ alertType: 'metric_based_alert' })],
    ['an empty label and none', postableRule({ labels: { a: '' } }), postableRule({ labels: {} })],
    ['a label __proto__', postableRule({ labels: JSON.parse('{"__proto__":"x"}') }), postableRule({ labels: {} })],
    ['unknown fields that say something', postableRule({ foo: 1 }), postableRule()],
    ['enabled and disabled', postableRule({ disabled: true }), postableRule()],
    ['schemas', v1(), v1({ schemaVersion: 'v2alpha1' })],
    ['a target of zero and none', thresholds({ target: 0 }), thresholds({ target: null })],
    ['a target of zero and none in v1', v1({}, { target: 0 }), v1({}, { target: null })],
    ['recovery at zero and none', thresholds({ recoveryTarget: 0 }), thresholds({ recoveryTarget: null })],
    ['one threshold and two alike', thresholds({}), thresholds({}, {})],
    ['two alike and one that is called like the second', thresholds({}, {}), thresholds({}, { name: 'critical #2' })],
    ['durations', rolling('5m'), rolling('5m1ns')],
    ['two texts that are no durations', rolling('1d'), rolling('2d')],
    ...['minute', 'hour', 'day', 'weekday'].map<[string, object, object]>(part => [
      `a ${part} of zero and none`,
      scheduled({ type: 'monthly', [part]: 0 }),
      scheduled({ type: 'monthly' }),
    ]),
    ['an empty annotation and none', postableRule({ annotations: { a: '' } }), postableRule({ annotations: {} })],
    ['what nobody knows beside thresholds', condition({ thresholds: { ...ruleThresholds([{}]), foo: 1 } }), thresholds({})],
    ['thresholds of another kind', condition({ thresholds: { ...ruleThresholds([{}]), kind: 'foo' } }), thresholds({})],
    ['two alike, with and without another that is called like the second', thresholds({}, {}), thresholds({}, { name: 'critical #2' }, {})],
    ['a context behind another', keyed({ name: 'attribute.x', fieldContext: 'resource' }), keyed({ name: 'x', fieldContext: 'attribute' })],
    [
      'a function of an empty text and of nothing',
      built({ functions: [{ args: [{ value: '' }] }] }),
      built({ functions: [{ args: [{}] }] }),
    ],
    [
      'a function of zero and of nothing',
      built({ functions: [{ name: 'x', args: [{ value: 0 }] }] }),
      built({ functions: [{ name: 'x', args: [{}] }] }),
    ],
    ['a name with a colon and one without', keyed({ name: 'http:method' }), keyed({ name: 'http' })],
    [
      'a name behind its given context',
      keyed({ name: 'attribute.x', fieldContext: 'resource' }),
      keyed({ name: 'x', fieldContext: 'resource' }),
    ],
    ['markers of two clusters', postableRule({ source: 'awoooi://c/n/x/1' }), postableRule({ source: 'awoooi://d/n/x/1' })],
    ['a text that is nearly a marker', postableRule({ source: 'awoooi://c/n/x/1/2' }), postableRule({ source: 'awoooi://c/n/x/1/3' })],
    [
      'the order of queries',
      condition({ compositeQuery: ruleQueries([{ type: 'a' }, { type: 'b' }]) }),
      condition({ compositeQuery: ruleQueries([{ type: 'b' }, { type: 'a' }]) }),
    ],
  ])('%s', (_, one, other) => {
    expect(normalForm({ ...one })).not.toEqual(normalForm({ ...other }));
  });
});

it('reads as a rule, with thresholds by their names', () => {
  expect(normalForm(thresholds({ op: '>' }, { target: 2 }, { name: '__proto__' }))).toEqual({
    version: 'v5',
    schemaVersion: 'v2alpha1',
    alert: 'api error rate',
    alertType: 'METRIC_BASED_ALERT',
    ruleType: 'promql_rule',
    source: 'awoooi://prod/monitoring/api-error-rate',
    disabled: false,
    condition: {
      compositeQuery: { queryType: 'promql', panelType: 'graph', queries: [{ type: 'promql', spec: { name: 'A', query: 'up' } }] },
      selectedQueryName: 'A',
      thresholds: Object.fromEntries([
        ['critical', { target: 1, op: 'above', matchType: 'at_least_once', channels: ['ops-hook'] }],
        ['critical #2', { name: 'critical', target: 2, op: 'above', matchType: 'at_least_once', channels: ['ops-hook'] }],
        ['__proto__', { target: 1, op: 'above', matchType: 'at_least_once', channels: ['ops-hook'] }],
      ]),
    },
    evaluation: { kind: 'rolling', spec: { evalWindow: '5m', frequency: '1m' } },
    labels: { team: 'platform' },
    annotations: { summary: 'API errors' },
  });
});

it('loses no threshold, whatever they are called', () => {
  const names = ['critical', 'critical #2', 'critical', 'critical', 'critical #2'];
  const { condition: read } = normalForm(thresholds(...names.map((name, target) => ({ name, target }))));
  expect(read).toMatchObject({
    thresholds: {
      critical: { target: 0 },
      'critical #3': { name: 'critical', target: 2 },
      'critical #4': { name: 'critical', target: 3 },
      'critical #2': { target: 1 },
      'critical #2 #2': { name: 'critical #2', target: 4 },
    },
  });
});

it('writes halves of characters as SigNoz does', () => {
  const once = normalForm(thresholds({ name: 'x\ud800' }));
  expect(once).toEqual(normalForm(thresholds({ name: 'x\ufffd' })));
  expect(normalForm(once)).toEqual(once);
});

it.each([
  { kind: '', spec: null, a: { op: ' > ' } },
  { kind: 'basic', spec: [{ name: 0, op: ' > ' }] },
  { spec: [1] },
  { kind: 'basic' },
  [{}],
  'x',
])('is the form of itself with thresholds that are none: %j', given => {
  const once = normalForm(condition({ thresholds: given }));
  expect(normalForm(once)).toEqual(once);
});
