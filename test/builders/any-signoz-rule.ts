import fc from 'fast-check';

/** Rules that SigNoz takes, in every spelling that it takes. They send to `ops-hook` and `second`. */

/** Zero in Go: what is not there, and what is said by it. */
function maybe<T>(value: fc.Arbitrary<T>, ...zeros: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(value, fc.constantFrom<unknown>(undefined, null, ...zeros));
}

/** Go's own types read null as zero, those with a reader of their own refuse it. */
function given<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined });
}

/** With blanks around it and in whatever case. */
function spelled(...words: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...words.flatMap(word => [word, word, ` ${word} `, word.toUpperCase()]));
}

const duration = fc.oneof(
  fc.constantFrom(
    '5m',
    '5m0s',
    '300s',
    '0.5h',
    '1.5m',
    '90m',
    '1h30m0s',
    '72h',
    '250ms',
    '+10m',
    '1h.5m',
    '120000000000ns',
    '1m0.5s',
    '2µs',
  ),
  fc.constantFrom(300_000_000_000, 5_400_000_000_000),
);
const text = fc.oneof(fc.constantFrom('', 'plain', '5xx über 5 %', '規則 𠮷 🛰️'), fc.string({ unit: 'grapheme', maxLength: 12 }));
const someText = text.map(written => `x${written}`.replaceAll('{', ''));
const labelName = fc.oneof(
  fc.constantFrom('team', 'service.name', '__proto__', 'constructor', '.x'),
  fc.stringMatching(/^[A-Za-z_.]\w{0,8}$/),
);
const labels = fc.dictionary(labelName, maybe(someText, ''), { maxKeys: 4, noNullPrototype: true });
const number = fc.oneof(fc.constantFrom(0, -0, 0.05, 1, -3, 1e21, 1e-9), fc.double({ noNaN: true, noDefaultInfinity: true }));

const op = spelled(...'above 1 > below 2 < equal 3 eq = not_equal 4 not_eq != above_or_equal 5 above_or_eq >='.split(' '), '<=', '6', '7');
const matchType = spelled(...'at_least_once 1 all_the_times 2 on_average 3 avg in_total 4 sum last 5'.split(' '));
const channels = fc.constantFrom(['ops-hook'], ['second', 'ops-hook'], ['ops-hook', 'second'], ['second', 'second']);
const threshold = fc.record({
  name: fc.oneof(fc.constantFrom('critical', 'critical', 'warning', 'kind', 'spec', '__proto__', 'critical #2', 'a/b~c'), someText),
  target: number,
  targetUnit: maybe(fc.constantFrom('s', 'MBy'), ''),
  recoveryTarget: maybe(number),
  op,
  matchType,
  channels,
});

const fieldKey = fc.record({
  name: fc.oneof(
    fc.constantFrom('k8s.pod.name', 'resource.service.name:string', 'attribute.http.status:int32', 'tag.x:float64', 'log.severity', 'a.b'),
    someText.map(name => name.replaceAll(':', '')),
  ),
  signal: maybe(spelled('metrics', 'traces'), ''),
  fieldContext: fc.constantFrom(undefined, null, ''),
  fieldDataType: fc.constantFrom(undefined, null, ''),
});
const plainKey = fc.record({
  name: fc.constantFrom('method', 'http-status', '規則'),
  signal: maybe(spelled('logs'), ''),
  fieldContext: maybe(spelled('tag', 'point', 'attribute', 'spanfield', 'span', 'logfield', 'resource', 'tracefield', 'nonsense'), ''),
  fieldDataType: maybe(spelled('str', 'string', 'int', 'int64', 'uint8', 'float64', 'double', 'bool', 'nonsense'), ''),
});
const keys = fc.array(fc.oneof(fieldKey, plainKey), { maxLength: 3 });
const step = given(fc.constantFrom<string | number>(0, '60s', 60, '1m', '1.5s', 0.5));

/** By the first aggregation: SigNoz refuses what a query does not have. */
const orderKey = plainKey.map(key => ({ ...key, name: '0' }));
const sorting = { order: maybe(fc.array(fc.record({ key: orderKey, direction: spelled('asc', 'desc') }), { maxLength: 2 })) };
const calls = fc.array(
  fc.record({
    name: spelled('absolute', 'clampMin', 'timeShift', 'fillZero'),
    args: maybe(
      fc.array(fc.record({ name: maybe(someText, ''), value: fc.constantFrom<unknown>(0, 1, '', 'x', false) }), { maxLength: 2 }),
    ),
  }),
  { maxLength: 2 },
);
const always = { disabled: maybe(fc.constant(false), false), legend: maybe(someText, '') };
const expression = maybe(fc.record({ expression: text }));
const building = {
  ...always,
  ...sorting,
  filter: expression,
  having: expression,
  groupBy: maybe(keys),
  selectFields: maybe(keys),
  functions: maybe(calls),
  stepInterval: step,
  limit: maybe(fc.nat({ max: 10_000 }), 0),
  limitBy: maybe(fc.record({ keys: fc.array(someText, { maxLength: 2 }), value: someText })),
  offset: maybe(fc.nat({ max: 50 }), 0),
  cursor: maybe(someText, ''),
  source: maybe(fc.constant('meter'), ''),
};
const metricAggregation = fc.record({
  metricName: someText,
  timeAggregation: maybe(spelled('rate', 'avg', 'count_distinct'), ''),
  spaceAggregation: spelled('sum', 'p99'),
  temporality: maybe(spelled('delta', 'cumulative', 'unspecified'), ''),
  reduceTo: maybe(spelled('last', 'avg'), ''),
});
const countAggregation = fc.record({ expression: fc.constantFrom('count()', 'p99(duration_nano)'), alias: maybe(fc.constant('n'), '') });

const metrics = fc.record({
  type: spelled('builder_query'),
  spec: fc.record({ ...building, signal: spelled('metrics'), aggregations: fc.tuple(metricAggregation) }),
});
const counted = fc.record({
  type: spelled('builder_query'),
  spec: fc.record({ ...building, signal: spelled('logs', 'traces'), aggregations: fc.tuple(countAggregation) }),
});
const ofTraces = fc.record({
  type: spelled('builder_ai_query'),
  spec: fc.record({ ...building, signal: maybe(spelled('traces'), ''), aggregations: fc.tuple(countAggregation) }),
});
const formula = fc.record({
  type: spelled('builder_formula'),
  spec: fc.record({ ...always, ...sorting, functions: maybe(calls), expression: fc.constant('A / B'), having: expression }),
});
const promql = fc.record({
  type: spelled('promql'),
  spec: fc.record({ ...always, query: someText, step, stats: maybe(fc.boolean(), false) }),
});
const sql = fc.record({ type: spelled('clickhouse_sql'), spec: fc.record({ ...always, query: someText }) });

interface Query {
  readonly type: string;
  readonly spec: object;
}

function named(queries: readonly Query[]): readonly object[] {
  return queries.map(({ type, spec }, n) => ({ type, spec: { ...spec, name: `Q${n}` } }));
}

const several = { minLength: 1, maxLength: 3 };
const queries = fc.oneof(
  fc.record({
    ruleType: maybe(spelled('threshold_rule'), ''),
    queryType: spelled('builder'),
    queries: fc.array(fc.oneof<fc.Arbitrary<Query>[]>(metrics, counted, ofTraces, formula), several).map(named),
  }),
  fc.record({
    ruleType: maybe(spelled('promql_rule', 'threshold_rule'), ''),
    queryType: spelled('promql'),
    queries: fc.array(promql, several).map(named),
  }),
  fc.record({ ruleType: spelled('threshold_rule'), queryType: spelled('clickhouse_sql'), queries: fc.array(sql, several).map(named) }),
);

const evaluation = fc.oneof(
  fc.record({ kind: spelled('rolling'), spec: fc.record({ evalWindow: duration, frequency: duration }) }),
  fc.record({
    kind: spelled('cumulative'),
    spec: fc.record({
      schedule: fc.constantFrom<object>(
        { type: 'hourly', minute: 0 },
        { type: 'DAILY', minute: 30, hour: 0 },
        { type: 'weekly', minute: 0, hour: 9, weekday: 0, day: null },
        { type: 'monthly', minute: 59, hour: 23, day: 31 },
      ),
      frequency: duration,
      timezone: fc.constantFrom('UTC', 'Asia/Taipei'),
    }),
  }),
);
const notificationSettings = fc.record({
  groupBy: maybe(fc.array(fc.constantFrom('a', 'b', '__all__'), { maxLength: 3 })),
  usePolicy: maybe(fc.boolean(), false),
  newGroupEvalDelay: given(duration),
  renotify: maybe(
    fc.record({
      enabled: maybe(fc.boolean(), false),
      interval: duration,
      alertStates: maybe(fc.array(spelled('firing', 'nodata'), { maxLength: 2 })),
    }),
  ),
});

const top = {
  alert: someText,
  alertType: fc.constantFrom('METRIC_BASED_ALERT', 'LOGS_BASED_ALERT', 'EXCEPTIONS_BASED_ALERT', 'TRACES_BASED_ALERT'),
  version: maybe(fc.constant('v5'), ''),
  description: maybe(someText, ''),
  source: maybe(fc.oneof(fc.constantFrom('awoooi://c/n/x/uid', 'https://signoz/alerts'), someText), ''),
  disabled: maybe(fc.boolean(), false),
  labels: maybe(labels),
  annotations: maybe(labels),
  broadcastToAll: maybe(fc.boolean()),
};
const conditionParts = {
  panelType: spelled('graph', 'value'),
  unit: maybe(fc.constantFrom('percentunit', 'ns'), ''),
  rest: fc.record({
    alertOnAbsent: maybe(fc.boolean(), false),
    absentFor: maybe(fc.nat({ max: 60 }), 0),
    requireMinPoints: maybe(fc.constant(false), false),
    requiredNumPoints: maybe(fc.nat({ max: 9 }), 0),
    algorithm: maybe(fc.constant('standard'), ''),
    seasonality: maybe(spelled('hourly', 'daily'), ''),
    targetUnit: maybe(fc.constant('s'), ''),
  }),
};

const newSchema = fc
  .record({
    top: fc.record(top),
    asked: queries,
    parts: fc.record(conditionParts),
    evaluation,
    notificationSettings,
    kind: spelled('basic'),
    spec: fc.array(threshold, { minLength: 1, maxLength: 5 }),
    ofV1: fc.record({ evalWindow: given(duration), frequency: given(duration), preferredChannels: maybe(channels) }),
  })
  .map(({ top: outer, asked, parts, kind, spec, ofV1, ...rest }) => ({
    ...outer,
    ...ofV1,
    ...rest,
    ruleType: asked.ruleType,
    schemaVersion: 'v2alpha1',
    condition: {
      ...parts.rest,
      compositeQuery: { queryType: asked.queryType, queries: asked.queries, panelType: parts.panelType, unit: parts.unit },
      thresholds: { kind, spec },
    },
  }));

const oldSchema = fc
  .record({
    top: fc.record(top),
    asked: queries,
    parts: fc.record(conditionParts),
    schemaVersion: fc.constantFrom(undefined, null, '', 'v1'),
    evaluation: maybe(evaluation),
    notificationSettings: maybe(notificationSettings),
    compared: fc.record({ op, matchType, target: number }),
    ofV1: fc.record({ evalWindow: given(duration), frequency: given(duration), preferredChannels: channels }),
  })
  .map(({ top: outer, asked, parts, compared, ofV1, ...rest }) => ({
    ...outer,
    ...ofV1,
    ...rest,
    ruleType: asked.ruleType,
    condition: {
      ...parts.rest,
      ...compared,
      compositeQuery: { queryType: asked.queryType, queries: asked.queries, panelType: parts.panelType, unit: parts.unit },
    },
  }));

/** As JSON would bring it: a field that is undefined is none. */
export const anySignozRule: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc
  .oneof({ arbitrary: newSchema, weight: 3 }, { arbitrary: oldSchema, weight: 1 })
  .map(rule => JSON.parse(JSON.stringify(rule)));
