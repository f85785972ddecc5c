import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postableRule, ruleCondition, ruleQueries, ruleThresholds } from '../builders/signoz-rule.ts';
import { type Signoz, startSignoz } from './signoz.ts';
import { ruleIn, type SignozCaller, signozCaller } from './signoz-caller.ts';

let signoz: Signoz;
let ask: SignozCaller;

beforeAll(async () => {
  signoz = await startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:1/' }] }] });
  ask = signozCaller(signoz);
});
afterAll(() => signoz.stop());

const builder = (spec: object) =>
  ruleCondition({
    compositeQuery: ruleQueries([{ type: 'builder_query', spec: { name: 'A', signal: 'logs', ...spec } }], { queryType: 'builder' }),
  });
const promql = (...queries: readonly object[]) => ruleCondition({ compositeQuery: ruleQueries(queries) });
const spec = (over: object) => ({ type: 'promql', spec: { name: 'A', query: 'up', ...over } });
const thresholds = (...given: readonly object[]) => ({ condition: ruleCondition({ thresholds: ruleThresholds(given) }) });
const evaluation = (over: object) => ({ evaluation: { kind: 'rolling', spec: { evalWindow: '5m', frequency: '1m', ...over } } });
const daily = (schedule: object, timezone = 'UTC') => ({
  evaluation: { kind: 'cumulative', spec: { schedule: { type: 'daily', hour: 1, minute: 1, ...schedule }, frequency: '5m', timezone } },
});

const OPS = 'above, below, equal, not_equal, above_or_equal, below_or_equal, outside_bounds';

describe('what cannot be read is a 400 of one sentence', () => {
  it.each<[object, string]>([
    [evaluation({ evalWindow: '1d' }), 'time: unknown unit "d" in duration "1d"'],
    [evaluation({ evalWindow: 'soon' }), 'time: invalid duration "soon"'],
    [evaluation({ evalWindow: '5' }), 'time: missing unit in duration "5"'],
    [evaluation({ frequency: '0s' }), 'failed to validate rolling window: frequency must be greater than zero'],
    [evaluation({ evalWindow: undefined }), 'failed to validate rolling window: evalWindow must be greater than zero'],
    [{ evaluation: { kind: 'lunar' } }, 'unknown evaluation kind'],
    [daily({ hour: undefined }), 'failed to validate cumulative window: hour and minute must be specified for daily schedule'],
    [daily({ minute: 60 }), 'failed to validate cumulative window: minute must be between 0 and 59'],
    [daily({ type: 'lunar' }), 'failed to validate cumulative window: invalid schedule type'],
    [daily({}, 'Moon/Far'), 'failed to validate cumulative window: timezone is invalid'],
    [{ notificationSettings: { renotify: { alertStates: ['resolved'] } } }, 'invalid alert state: resolved'],
    [{ condition: builder({ signal: '' }) }, 'invalid signal ""'],
    [{ condition: promql({ type: 'foo', spec: {} }) }, 'unknown query type "foo"'],
    [{ condition: promql(spec({ foo: 1 })) }, 'unknown field "foo" in PromQL spec'],
    [{ condition: ruleCondition({ thresholds: { kind: 'other', spec: [] } }) }, 'unknown threshold kind'],
    [{ condition: ruleCondition({ thresholds: {} }) }, 'failed to unmarshal rule threshold kind: unexpected end of JSON input'],
    [thresholds(), 'invalid rule threshold spec: condition.thresholds.spec: must have at least one threshold'],
    [
      thresholds({ name: '', target: null, op: '8' }),
      `invalid rule threshold spec: threshold name cannot be empty\ntarget value cannot be nil\ncondition.op: unsupported value "8"; must be one of ${OPS}`,
    ],
    [thresholds({ op: 1 }), 'json: cannot unmarshal number into Go struct field BasicRuleThreshold.op of type string'],
    [{ alert: 1 }, 'json: cannot unmarshal number into Go struct field PostableRule.alert of type string'],
  ])('%j', async (over, inner) => {
    const [status, body] = await ask('POST', '/api/v2/rules', { body: postableRule(over) });
    expect([status, body]).toMatchObject([400, { error: { message: `failed to parse json: ${inner}`, errors: [] } }]);
  });

  it.each(['{}', 'null'])('%s', async body => {
    expect(await ask('POST', '/api/v2/rules', { body })).toMatchObject([400, { error: { message: 'condition: field is required' } }]);
  });
});

describe('what reads well but says nonsense is a 400 with every sentence', () => {
  it.each<[object, readonly string[]]>([
    [
      { version: 'v4', labels: { 'a-b': 'x', 'app/name': 'y' }, annotations: { 'c-d': 'z' } },
      [
        'version: only v5 is supported, got "v4"',
        'invalid label name: a-b',
        'invalid label name: app/name',
        'invalid annotation name: c-d',
      ],
    ],
    [
      { annotations: { summary: '{{ $value | humanizePercentage }}' } },
      ['template parsing error: template: __alert_api error rate:1: function "humanizePercentage" not defined'],
    ],
    [{ annotations: { summary: '{{ $value ' } }, ['template parsing error: template: __alert_api error rate:1: unclosed action']],
  ])('definition: %j', async (over, errors) => {
    const [status, body] = await ask('POST', '/api/v2/rules', { body: postableRule(over) });
    const error = { message: 'alert rule definition is not valid', errors: errors.map(message => ({ message })) };
    expect([status, body]).toMatchObject([400, { error }]);
  });

  it.each<[object, readonly string[]]>([
    [
      { alert: '', alertType: 'X', ruleType: 'y', condition: ruleCondition({ selectedQueryName: 'B' }) },
      [
        'alert: field is required',
        'alertType: unsupported value "X"; must be one of "METRIC_BASED_ALERT", "TRACES_BASED_ALERT", "LOGS_BASED_ALERT", "EXCEPTIONS_BASED_ALERT"',
        'condition.selectedQueryName: "B" does not match any query in compositeQuery',
      ],
    ],
    [
      { ruleType: 'other', condition: builder({ aggregations: [{ expression: 'count()' }] }) },
      ['ruleType: unsupported value "other"; must be one of threshold_rule, promql_rule, anomaly_rule'],
    ],
    [{ schemaVersion: 'v2' }, ['schemaVersion: unsupported value "v2"; must be one of "v1", "v2alpha1"']],
    [
      { evaluation: undefined, notificationSettings: undefined, condition: ruleCondition({ thresholds: undefined }) },
      ['condition.thresholds', 'evaluation', 'notificationSettings'].map(it => `${it}: field is required for schemaVersion "v2alpha1"`),
    ],
    [
      { schemaVersion: undefined },
      ['condition.target', 'condition.op', 'condition.matchType'].map(it => `${it}: field is required for schemaVersion "v1"`),
    ],
    ...[undefined, '0s', 0, '-1m'].map((interval): [object, readonly string[]] => [
      { notificationSettings: { renotify: { enabled: true, interval } } },
      ['notificationSettings.renotify.interval: must be a positive duration when renotify is enabled'],
    ]),
    [{ condition: ruleCondition({ compositeQuery: undefined }) }, ['condition.compositeQuery: field is required']],
    [{ condition: promql() }, ['condition.compositeQuery.queries: must have at least one query']],
    // SigNoz stops at the first fault of the queries, and goes on with the rest.
    [
      { alertType: 'X', condition: promql(spec({ query: '' }), spec({})) },
      [
        'alertType: unsupported value "X"; must be one of "METRIC_BASED_ALERT", "TRACES_BASED_ALERT", "LOGS_BASED_ALERT", "EXCEPTIONS_BASED_ALERT"',
        "invalid PromQL query 'A': PromQL query is required",
      ],
    ],
    [
      { condition: ruleCondition({ compositeQuery: ruleQueries([spec({}), spec({})]), selectedQueryName: 'B' }) },
      ["duplicate query name 'A'", 'condition.selectedQueryName: "B" does not match any query in compositeQuery'],
    ],
    [
      { condition: ruleCondition({ requireMinPoints: true }) },
      ['condition.requiredNumPoints: must be greater than 0 when requireMinPoints is enabled'],
    ],
  ])('rule: %j', async (over, errors) => {
    const [status, body] = await ask('POST', '/api/v2/rules', { body: postableRule(over) });
    const messages = { message: 'alert rule is not valid', errors: errors.map(message => ({ message, suggestions: [] })) };
    expect([status, body]).toMatchObject([400, { error: messages }]);
  });

  it.each<[object, string]>([
    [thresholds({ channels: ['nope', 'ops-hook', 'neither'] }), 'channels: the following channels do not exist: [nope neither]'],
    [thresholds({ channels: [] }), 'at least one channel is required'],
    [thresholds({ channels: undefined }), 'at least one channel is required'],
    [thresholds({ channels: ['ops-hook', ''] }), 'channel at index 1 cannot be empty'],
  ])('channels: %j', async (over, message) => {
    expect(await ask('POST', '/api/v2/rules', { body: postableRule(over) })).toMatchObject([400, { error: { message, errors: [] } }]);
  });
});

it.each(['', '{', 'x', '{"alert":'])('takes malformed JSON (%j) for its own fault', async body => {
  const id = ruleIn(await ask('POST', '/api/v2/rules', { body: postableRule() })).id;
  for (const [method, path] of [
    ['POST', ''],
    ['PUT', `/${id}`],
    ['PATCH', `/${id}`],
  ] as const) {
    const answer = await ask(method, `/api/v2/rules${path}`, { body });
    expect(answer).toMatchObject([500, { error: { type: 'internal', code: 'unknown', message: expect.any(String) } }]);
  }
});

it('looks at the id, then at the body, then for the rule', async () => {
  const nobody = '/api/v2/rules/0198c0de-0000-7000-8000-000000000000';
  const bad = { body: postableRule({ alert: '' }) };
  expect(await ask('PUT', '/api/v2/rules/test', bad)).toMatchObject([400, { error: { message: 'id is not a valid uuid-v7' } }]);
  expect(await ask('PUT', nobody, bad)).toMatchObject([400, { error: { message: 'alert rule is not valid' } }]);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await ask(method, nobody, { ...(method === 'PUT' && { body: postableRule() }) });
    expect(answer).toMatchObject([404, { error: { code: 'not_found' } }]);
  }
});

it('takes PromQL that can never be evaluated, empty label values and aliases', async () => {
  const over = { ...thresholds({ op: '>', matchType: 'avg' }), labels: { empty: '' } };
  expect((await ask('POST', '/api/v2/rules', { body: postableRule(over) }))[0]).toBe(201);
  expect((await ask('POST', '/api/v2/rules', { body: postableRule({ condition: promql(spec({ query: 'sum(rate(' })) }) }))[0]).toBe(201);
});

const UNDEFINED =
  'query first label tableLink graphLink stripPort stripDomain parseDuration toTime urlQueryEscape now toJson humanizePercentage';

it.each(UNDEFINED.split(' '))('knows no template function %s', async fn => {
  const [status, body] = await ask('POST', '/api/v2/rules', { body: postableRule({ labels: { x: `{{ $value | ${fn} }}` } }) });
  const message = `template parsing error: template: __alert_api error rate:1: function "${fn}" not defined`;
  expect([status, body]).toMatchObject([400, { error: { errors: [{ message }] } }]);
});

it.each([
  '{{ $labels.x | toUpper | title | toLower }} {{ match "a" .Value }} {{ reReplaceAll "a" "b now" $labels.x }}',
  '{{ if gt (len .Labels) 2 }}{{ printf "%.2f" $value }}{{ else }}{{ args 1 | safeHtml | strvalue }}{{ end }}{{ pathPrefix }}{{ externalURL }}',
  '{{ range .Labels }}{{ . }}{{ end }}{{ with $x }}{{ . }}{{ end }} {{ index $labels "a-b" }} {{ $externalLabels.now }} {{/* now */}}',
  '{{$k8s.pod.name}}: {{ $value | humanize }} over {{$threshold}}',
])('takes the template %s', async summary => {
  expect((await ask('POST', '/api/v2/rules', { body: postableRule({ annotations: { summary } }) }))[0]).toBe(201);
});

it('shows keys, steps and durations in its own way', async () => {
  const condition = builder({
    stepInterval: '60s',
    aggregations: [{ expression: 'count()' }],
    groupBy: [{ name: 'resource.service.name:string' }, { name: 'x', fieldContext: 'tag', fieldDataType: 'float64' }],
    functions: [{ name: 'TimeShift', args: [{ value: 60 }] }],
    order: [{ key: { name: 'count()' }, direction: 'DESC' }],
  });
  const times = { evaluation: { kind: ' Rolling', spec: { evalWindow: 5_400_000_000_000, frequency: '60s' } } };
  const { id } = ruleIn(await ask('POST', '/api/v2/rules', { body: postableRule({ ruleType: '', condition, ...times }) }));
  const query = {
    stepInterval: 60,
    groupBy: [
      { name: 'service.name', signal: '', fieldContext: 'resource', fieldDataType: 'string' },
      { name: 'x', signal: '', fieldContext: 'attribute', fieldDataType: 'number' },
    ],
    functions: [{ name: 'timeshift', args: [{ value: 60 }] }],
    order: [{ key: { name: 'count()', signal: '', fieldContext: '', fieldDataType: '' }, direction: 'desc' }],
  };
  expect(ruleIn(await ask('GET', `/api/v2/rules/${id}`))).toMatchObject({
    ruleType: 'threshold_rule',
    condition: { compositeQuery: { queries: [{ spec: query }] } },
    evaluation: { kind: 'rolling', spec: { evalWindow: '1h30m0s', frequency: '60s' } },
  });
});
