import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logsRule, postableRule, queryOf, ruleCondition, ruleOfQueries, ruleQueries, ruleThresholds } from '../builders/signoz-rule.ts';
import { type Signoz, startSignoz } from './signoz.ts';
import { type SignozCaller, signozCaller } from './signoz-caller.ts';

let signoz: Signoz;
let ask: SignozCaller;

beforeAll(async () => {
  signoz = await startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:1/' }] }] });
  ask = signozCaller(signoz);
});
afterAll(() => signoz.stop());

const M = { metricName: 'm', spaceAggregation: 'sum' };
const metrics = (spec: object) => ruleOfQueries('builder', queryOf('builder_query', { signal: 'metrics', aggregations: [M], ...spec }));
const formula = (expression: string, over: object = {}) =>
  ruleOfQueries('builder', ...['A', 'B'].map(name => countOf(name)), {
    type: 'builder_formula',
    spec: { name: 'F1', expression, ...over },
  });
const countOf = (name: string) => ({ type: 'builder_query', spec: { name, signal: 'logs', aggregations: [{ expression: 'count()' }] } });

async function refusal(over: object): Promise<unknown> {
  const [status, body] = await ask('POST', '/api/v2/rules', { body: postableRule(over) });
  const { message, errors } = Object(Object(body)['error']);
  return [status, message, ...[...errors].map((one: unknown) => Object(one)['message'])];
}
const BUILDER = 'query spec for *querybuildertypesv5.QueryBuilderQuery';

describe('an unknown field in a query is refused', () => {
  it.each<[object, string, string]>([
    [logsRule({ queryName: 'A' }), 'queryName', BUILDER],
    [logsRule({ dataSource: 'logs' }), 'dataSource', BUILDER],
    [logsRule({ aggregations: [{ expression: 'count()', metricName: 'm' }] }), 'metricName', BUILDER],
    [metrics({ aggregations: [{ ...M, expression: 'count()' }] }), 'expression', BUILDER],
    [logsRule({ filter: { expression: 'a = 1', items: [] } }), 'items', BUILDER],
    [logsRule({ having: { expr: 'x' } }), 'expr', BUILDER],
    [logsRule({ groupBy: [{ key: 'a' }] }), 'key', BUILDER],
    [logsRule({ groupBy: [{ name: 'a', dataType: 'string' }] }), 'dataType', BUILDER],
    [logsRule({ order: [{ key: { name: 'count()' }, order: 'asc' }] }), 'order', BUILDER],
    [logsRule({ order: [{ key: { name: 'count()', id: 1 }, direction: 'asc' }] }), 'id', BUILDER],
    [logsRule({ limitBy: { keys: ['a'], value: '1', limit: 1 } }), 'limit', BUILDER],
    [logsRule({ functions: [{ name: 'log2', args: [{ name: 'x', value: 1, type: 'y' }] }] }), 'type', BUILDER],
    [logsRule({ functions: [{ name: 'log2', namedArgs: {} }] }), 'namedArgs', BUILDER],
    [logsRule({ selectFields: [{ name: 'a', isColumn: true }] }), 'isColumn', BUILDER],
    [logsRule({ secondaryAggregations: [{ expression: 'sum(x)', reduceTo: 'sum' }] }), 'reduceTo', BUILDER],
    [formula('A / B', { query: 'x' }), 'query', 'formula spec'],
    [formula('A / B', { having: { expression: 'x', op: '>' } }), 'op', 'formula spec'],
    [ruleOfQueries('builder', queryOf('builder_trace_operator', { expression: 'A => B', query: 'x' })), 'query', 'trace operator spec'],
    [ruleOfQueries('promql', queryOf('promql', { query: 'up', format: 'table' })), 'format', 'PromQL spec'],
    [ruleOfQueries('clickhouse_sql', queryOf('clickhouse_sql', { query: 'SELECT 1', step: 60 })), 'step', 'ClickHouse SQL spec'],
    [ruleOfQueries('promql', { ...queryOf('promql', { query: 'up' }), name: 'A' }), 'name', 'query envelope'],
  ])('%j', async (over, field, where) => {
    expect(await refusal(over)).toEqual([400, `failed to parse json: unknown field "${field}" in ${where}`]);
  });
});

describe('a field of another kind is refused', () => {
  it.each<object>([
    logsRule({ filter: 'a = 1' }),
    logsRule({ filter: { expression: 1 } }),
    logsRule({ groupBy: ['service.name'] }),
    logsRule({ groupBy: 'service.name' }),
    logsRule({ limit: '10' }),
    logsRule({ limit: 1.5 }),
    logsRule({ disabled: 'false' }),
    logsRule({ aggregations: { expression: 'count()' } }),
    logsRule({ aggregations: ['count()'] }),
    logsRule({ legend: 1 }),
    logsRule({ limitBy: { keys: [1], value: '1' } }),
    ruleOfQueries('promql', { type: 'promql', spec: { name: 'A', query: ['up'] } }),
  ])('%j', async over => {
    expect(await refusal(over)).toEqual([400, 'failed to parse json: request body contains invalid field value']);
  });

  it.each<[object, string]>([
    [{ absentFor: 1.5 }, 'number 1.5 into Go struct field RuleCondition.absentFor of type uint64'],
    [{ absentFor: -1 }, 'number -1 into Go struct field RuleCondition.absentFor of type uint64'],
    [{ absentFor: '15' }, 'string into Go struct field RuleCondition.absentFor of type uint64'],
    [{ requiredNumPoints: 0.5 }, 'number 0.5 into Go struct field RuleCondition.requiredNumPoints of type int'],
    [{ alertOnAbsent: 'true' }, 'string into Go struct field RuleCondition.alertOnAbsent of type bool'],
    [{ thresholds: ruleThresholds([{ target: '1' }]) }, 'string into Go struct field BasicRuleThreshold.target of type float64'],
    [{ thresholds: ruleThresholds([{ matchType: 1 }]) }, 'number into Go struct field BasicRuleThreshold.matchType of type string'],
    [{ thresholds: ruleThresholds([{ channels: 'ops-hook' }]) }, 'string into Go struct field BasicRuleThreshold.channels of type []'],
  ])('%j', async (over, inner) => {
    expect(await refusal({ condition: ruleCondition(over) })).toEqual([400, `failed to parse json: json: cannot unmarshal ${inner}`]);
  });
});

describe('the first fault of the queries is said', () => {
  const ALIAS = 'aliasing is not allowed in expression. Use `alias` field instead';
  const SPACE =
    'invalid space aggregation, should be one of the following: [`sum`, `avg`, `min`, `max`, `count`, `p50`, `p75`, `p90`, `p95`, `p99`]';
  it.each<[object, string]>([
    [logsRule({ aggregations: [] }), 'at least one aggregation is required'],
    [logsRule({ aggregations: [{}] }), "expression is required for log aggregation #1 in query 'A'"],
    [
      logsRule({ signal: 'traces', aggregations: [{ expression: 'count()' }, {}] }),
      "expression is required for trace aggregation #2 in query 'A'",
    ],
    [metrics({ aggregations: [{}] }), "metric name is required for aggregation #1 in query 'A'"],
    [metrics({ aggregations: [{ metricName: 'm' }] }), SPACE],
    [metrics({ aggregations: [{ ...M, spaceAggregation: 'p42' }] }), SPACE],
    [logsRule({ aggregations: [{ expression: 'count() AS x' }] }), ALIAS],
    [logsRule({ aggregations: ['a', 'b'].map(x => ({ expression: `sum(${x})`, alias: 'y' })) }), 'duplicate aggregation alias: y'],
    [logsRule({ groupBy: [{ name: 'a' }, { name: '' }] }), 'invalid empty key name for group by at index 1'],
    [logsRule({ groupBy: [{ name: 'timestamp' }] }), 'group by on timestamp is not allowed'],
    [logsRule({ limit: 10_001 }), 'limit exceeds maximum allowed value of 10000'],
    [logsRule({ limit: -1 }), 'limit must be non-negative, got -1'],
    [logsRule({ offset: -1 }), 'offset must be non-negative, got -1'],
    [logsRule({ functions: [{ name: 'Log2' }, { name: 'x' }] }), "invalid function #2 in query 'A': invalid function name: x"],
    [logsRule({ order: [{ key: { name: 'count()' }, direction: 'up' }] }), "invalid direction for order by clause #1 in query 'A': up"],
    [logsRule({ order: [{ key: { name: 'x' }, direction: 'asc' }] }), "invalid order by key 'x' for order by clause #1 in query 'A'"],
    [metrics({ order: [{ key: { name: 'm' }, direction: 'asc' }] }), "invalid order by key 'm' for order by clause #1 in query 'A'"],
  ])('%j', async (over, fault) => {
    expect(await refusal(over)).toEqual([400, 'alert rule is not valid', `invalid query 'A': ${fault}`]);
  });

  it('with its place where the query has no name', async () => {
    const condition = ruleCondition({ compositeQuery: ruleQueries([{ type: 'promql', spec: { query: '' } }]), selectedQueryName: '' });
    expect(await refusal({ condition })).toEqual([
      400,
      'alert rule is not valid',
      'invalid PromQL query at position 1: PromQL query is required',
    ]);
  });

  it.each<[string, string]>([
    ['', 'formula expression cannot be blank'],
    ['  ', 'formula expression cannot be blank'],
    ['A / ', 'unexpected end of expression'],
    ['(A / B', 'unbalanced parenthesis'],
    ['A / B)', 'unbalanced parenthesis'],
    ['A B', 'cannot transition token types at 1'],
    ['* A', 'cannot transition token types at 0'],
    ['A / §', 'invalid token at 3'],
  ])('of a formula: %j', async (expression, fault) => {
    const said = fault.includes('blank') ? fault : `failed to parse expression for formula query "F1": ${fault}`;
    expect(await refusal(formula(expression))).toEqual([400, 'alert rule is not valid', `invalid formula 'F1': ${said}`]);
  });
});

it.each<object>([
  logsRule({ order: [{ key: { name: 'count()' }, direction: 'DESC' }], groupBy: [{ name: 'a', fieldContext: 'resource' }], limit: 10_000 }),
  logsRule({ order: [{ key: { name: '0' }, direction: 'asc' }], offset: 1, cursor: 'x', limitBy: { keys: ['a'], value: '2' } }),
  logsRule({ aggregations: [{ expression: 'count()', alias: 'n' }], order: [{ key: { name: 'n' }, direction: 'asc' }] }),
  metrics({ aggregations: [{ ...M, timeAggregation: 'rate' }], order: [{ key: { name: 'sum(rate(m))' }, direction: 'asc' }] }),
  metrics({ order: [{ key: { name: '__result' }, direction: 'asc' }], filter: null, groupBy: null, limit: null }),
  formula('(A / B) * 100'),
  formula('-A.0 + sqrt(B.total) ** 2 - 1.5e3'),
  formula('A > 0 && !(B == 2) ? A : now()'),
])('takes %j', async over => {
  expect((await ask('POST', '/api/v2/rules', { body: postableRule(over) }))[0]).toBe(201);
});

it('refuses anomaly rules when it comes to scheduling them, as the community build does', async () => {
  const condition = {
    ...logsRule({}).condition,
    thresholds: undefined,
    op: 'below',
    matchType: 'all_the_times',
    target: 2,
    seasonality: 'daily',
  };
  const rule = { ruleType: 'anomaly_rule', schemaVersion: undefined, preferredChannels: ['ops-hook'], condition };
  expect(await refusal(rule)).toEqual([400, 'error loading rules, previous rule set restored']);
});

it.each(['service.name', '__name', '.a', 'a1'])('takes the label name %s', async name => {
  const body = postableRule({ labels: { [name]: 'x' } });
  expect((await ask('POST', '/api/v2/rules', { body }))[0]).toBe(201);
});

it.each(['app.kubernetes.io/name', 'a-b', '1a', '', 'ä', 'a b'])('refuses the label name %j', async name => {
  const refused = [400, 'alert rule definition is not valid', `invalid label name: ${name}`];
  expect(await refusal({ labels: { [name]: 'x' } })).toEqual(refused);
});

it.each<[string, string]>([
  ['{{ if $value }}x', 'unexpected EOF'],
  ['{{ range .Labels }}{{ if . }}{{ end }}', 'unexpected EOF'],
  ['{{ end }}', 'unexpected {{end}}'],
  ['{{ else }}', 'unexpected {{else}}'],
  ['{{ }}', 'missing value for command'],
  ['{{ if }}{{ end }}', 'missing value for command'],
  ['{{ $value | }}', 'missing value for command'],
  ['{{ len (.Labels }}', 'unclosed left paren'],
  ['{{ len .Labels) }}', 'unexpected right paren'],
  ['{{ $value | nope }}', 'function "nope" not defined'],
  ['{{ $value', 'unclosed action'],
])('refuses the template %s', async (summary, fault) => {
  const said = `template parsing error: template: __alert_api error rate:1: ${fault}`;
  expect(await refusal({ annotations: { summary } })).toEqual([400, 'alert rule definition is not valid', said]);
});

it.each(['{{- /* if */ -}}', '{{ if (gt (len .Labels) 2) -}} a {{- else if $value }}b{{ else }}c{{ end }}', '}} {'])(
  'takes the template %s',
  async summary => {
    expect((await ask('POST', '/api/v2/rules', { body: postableRule({ annotations: { summary } }) }))[0]).toBe(201);
  },
);
