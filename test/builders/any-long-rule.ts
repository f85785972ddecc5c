import fc from 'fast-check';

/** Specs in the long form, each of which the schema accepts. They send to `ops-hook` and `second`. */

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const duration = fc.constantFrom('1s', '90s', '5m', '90m', '1h30m', '1500ms', '12h', '1m1s1ms');
const number = fc.oneof(fc.constantFrom(0, 1, -3, 0.05, 1e21), fc.double({ noNaN: true, noDefaultInfinity: true }));
const text = fc
  .oneof(fc.constantFrom('plain', '5xx über 5 %', '規則 𠮷 🛰️', '{{ $value }}'), fc.string({ unit: 'grapheme', maxLength: 9 }))
  .map(written => (written.startsWith('{{') ? written : `x${written.replaceAll('{', '')}`));
const texts = fc.dictionary(fc.constantFrom('team', 'service.name', '_a', 'severity', '.b'), fc.oneof(text, fc.constant('')), {
  noNullPrototype: true,
});
const channels = fc.constantFrom(['ops-hook'], ['second', 'ops-hook']);
const compared = {
  target: number,
  op: fc.constantFrom('above', 'below', 'equal', 'not_equal', 'above_or_equal', 'below_or_equal', 'outside_bounds'),
  matchType: fc.constantFrom('at_least_once', 'all_the_times', 'on_average', 'in_total', 'last'),
  targetUnit: maybe(fc.constantFrom('s', 'MBy')),
};
const threshold = fc.record({ name: text, ...compared, recoveryTarget: maybe(number), channels });

const key = fc.record({
  name: fc.constantFrom('service.name', 'http.method', 'k8s.pod.name'),
  signal: maybe(fc.constantFrom('traces', 'metrics')),
  fieldContext: maybe(fc.constantFrom('resource', 'attribute')),
  fieldDataType: maybe(fc.constantFrom('string', 'int64', 'number', 'bool')),
});
/** By the number of an aggregation: another key must be one that the query has. */
const order = fc.array(fc.record({ key: fc.constant({ name: '0' }), direction: fc.constantFrom('asc', 'desc') }), { maxLength: 1 });
const calls = fc.array(
  fc.record({
    name: fc.constantFrom('fillzero', 'timeshift', 'ewma3'),
    args: maybe(fc.array(fc.record({ name: maybe(text), value: fc.constantFrom(0, 60, 'x') }), { maxLength: 2 })),
  }),
  { maxLength: 2 },
);
const shared = { disabled: fc.constantFrom(undefined, false), legend: maybe(text) };
const built = {
  ...shared,
  filter: maybe(fc.record({ expression: text })),
  having: maybe(fc.record({ expression: text })),
  groupBy: maybe(fc.array(key, { maxLength: 3 })),
  order: maybe(order),
  functions: maybe(calls),
  limit: maybe(fc.nat({ max: 10_000 })),
  stepInterval: maybe(fc.constantFrom(0, 60)),
};
const metricAggregation = fc.record({
  metricName: text,
  spaceAggregation: fc.constantFrom('sum', 'p99'),
  timeAggregation: maybe(fc.constantFrom('rate', 'avg', '')),
  temporality: maybe(fc.constantFrom('delta', '')),
});
const metrics = fc.record({ ...built, signal: fc.constant('metrics'), aggregations: fc.tuple(metricAggregation) });
const counted = fc.record({
  ...built,
  signal: fc.constantFrom('logs', 'traces'),
  aggregations: fc.tuple(fc.record({ expression: fc.constantFrom('count()', 'p99(duration_nano)'), alias: maybe(text) })),
});
const formula = fc.record({ ...shared, expression: fc.constant('Q0 * 100'), order: maybe(order), limit: maybe(fc.nat({ max: 9 })) });
const promql = fc.record({ ...shared, query: text, step: maybe(fc.constantFrom(0, 30)), stats: maybe(fc.boolean()) });
const sql = fc.record({ ...shared, query: text });

const some = { minLength: 1, maxLength: 3 };
const ofType = (type: string, spec: fc.Arbitrary<object>) => spec.map(fields => ({ type, spec: fields }));
const languages = fc.oneof(
  fc.record({
    queryType: fc.constant('builder'),
    queries: fc
      .tuple(
        fc.array(ofType('builder_query', fc.oneof(metrics, counted)), some),
        fc.array(ofType('builder_formula', formula), { maxLength: 1 }),
      )
      .map(lists => lists.flat()),
  }),
  fc.record({ queryType: fc.constant('promql'), queries: fc.array(ofType('promql', promql), some) }),
  fc.record({ queryType: fc.constant('clickhouse_sql'), queries: fc.array(ofType('clickhouse_sql', sql), some) }),
);
const compositeQuery = fc
  .record({ language: languages, panelType: fc.constantFrom(undefined, 'graph', 'table'), unit: maybe(fc.constant('percentunit')) })
  .map(({ language, ...rest }) => ({
    ...rest,
    queryType: language.queryType,
    queries: language.queries.map(({ type, spec }, n) => ({ type, spec: { ...spec, name: `Q${n}` } })),
  }));
const absence = fc.constantFrom({}, { alertOnAbsent: true }, { alertOnAbsent: true, absentFor: 15 });
const points = fc.constantFrom({}, { requireMinPoints: true, requiredNumPoints: 3 }, { requiredNumPoints: 2 });
const asked = fc
  .record({ compositeQuery, absence, points, selectedQueryName: maybe(fc.constant('Q0')) })
  .map(({ absence: absent, points: few, ...rest }) => ({ ...rest, ...absent, ...few }));

const evaluation = fc.oneof(
  fc.record({ kind: fc.constant('rolling'), spec: fc.record({ evalWindow: duration, frequency: maybe(duration) }) }),
  fc.record({
    kind: fc.constant('cumulative'),
    spec: fc.record({
      schedule: fc.constantFrom<object>({ type: 'hourly', minute: 0 }, { type: 'weekly', minute: 0, hour: 0, weekday: 0 }),
      timezone: fc.constantFrom('UTC', 'Asia/Taipei'),
      frequency: maybe(duration),
    }),
  }),
);
const notificationSettings = fc.record({
  usePolicy: maybe(fc.boolean()),
  groupBy: maybe(fc.constantFrom([], ['a'], ['b', 'a'], ['__all__'])),
  newGroupEvalDelay: maybe(duration),
  renotify: maybe(
    fc.constantFrom<object>(
      { enabled: false },
      { enabled: true, interval: '4h' },
      { enabled: true, interval: '90m', alertStates: ['nodata', 'firing'] },
    ),
  ),
});
const top = {
  name: text,
  description: maybe(text),
  alertType: fc.constantFrom('METRIC_BASED_ALERT', 'TRACES_BASED_ALERT', 'LOGS_BASED_ALERT', 'EXCEPTIONS_BASED_ALERT'),
  labels: maybe(texts),
  annotations: maybe(texts),
  disabled: maybe(fc.boolean()),
};

const newer = fc
  .record({
    top: fc.record(top),
    asked,
    thresholds: fc.uniqueArray(threshold, { minLength: 1, maxLength: 5, selector: ({ name }) => name }),
    evaluation,
    notificationSettings: maybe(notificationSettings),
  })
  .map(({ top: outer, asked: condition, thresholds, ...rest }) => ({ ...outer, ...rest, condition: { ...condition, thresholds } }));
const older = fc
  .record({
    top: fc.record(top),
    asked,
    compared: fc.record(compared),
    windows: fc.record({ evalWindow: maybe(duration), frequency: maybe(duration), preferredChannels: channels }),
  })
  .map(({ top: outer, asked: condition, compared: one, windows }) => ({
    ...outer,
    ...windows,
    schemaVersion: 'v1',
    condition: { ...condition, ...one },
  }));

/** As YAML would bring it: a field that is undefined is none. */
export const anyLongRule: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc
  .oneof({ arbitrary: newer, weight: 3 }, { arbitrary: older, weight: 1 })
  .map(rule => JSON.parse(JSON.stringify(rule)));
