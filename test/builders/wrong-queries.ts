import { builderQuery, builderRule, longCondition, longRule, promqlQueries, promqlQuery } from './signoz-alert-rule.ts';
import { type Row, type WrongSpec, wrongSpecs } from './wrong-specs.ts';

const QUERIES = 'spec.condition.compositeQuery.queries';
const QUERY = `${QUERIES}[0]`;

const promql = (...queries: readonly unknown[]) => longRule({ condition: longCondition({ compositeQuery: promqlQueries(...queries) }) });
const sql = (over: object) =>
  longRule({
    condition: longCondition({
      compositeQuery: { queryType: 'clickhouse_sql', queries: [{ type: 'clickhouse_sql', spec: { name: 'A', ...over } }] },
    }),
  });
const builder = (over: Readonly<Record<string, unknown>>) => builderRule([builderQuery(over)]);
const metrics = (aggregation: object) => builder({ signal: 'metrics', aggregations: [aggregation] });
const formula = (over: object) => builderRule([builderQuery(), { type: 'builder_formula', spec: { name: 'F1', ...over } }]);
const key = (name: string) => ({ name });

const OUR_SENTENCES: readonly Row[] = [
  ['two queries of one name', promql(promqlQuery(), promqlQuery()), QUERIES, 'two queries have the same name: give each query a name'],
  [
    'a query with a blank name',
    promql(promqlQuery({ name: ' ' })),
    `${QUERY}.spec.name`,
    'must be a name by which formulas know the query',
  ],
  ['a query of another language', promql(builderQuery()), 'spec.condition.compositeQuery', 'the type of each query must fit queryType'],
  ['PromQL in a builder', builderRule([promqlQuery()]), 'spec.condition.compositeQuery', 'the type of each query must fit queryType'],
  ['a query without PromQL', promql(promqlQuery({ query: '' })), QUERY, 'needs spec.query: write the PromQL or the SQL there'],
  ['a query without SQL', sql({}), QUERY, 'needs spec.query: write the PromQL or the SQL there'],
  ['a filter of PromQL', promql(promqlQuery({ filter: { expression: 'a = 1' } })), QUERY, 'a query of the type promql takes only name'],
  ['a step of a builder', builder({ step: 60 }), QUERY, 'a query of the type builder_query takes only name, disabled, legend, signal'],
  [
    'a signal of a trace operator',
    builderRule([builderQuery(), { type: 'builder_trace_operator', spec: { name: 'T', expression: 'A => A', signal: 'traces' } }]),
    `${QUERIES}[1]`,
    'of the type builder_trace_operator takes only',
  ],
  [
    'a PromQL text of an AI query',
    builderRule([{ type: 'builder_ai_query', spec: { name: 'A', aggregations: [{ expression: 'count()' }], query: 'up' } }]),
    QUERY,
    'of the type builder_ai_query takes only',
  ],
  ['a step of SQL', sql({ query: 'SELECT 1', step: 60 }), QUERY, 'of the type clickhouse_sql takes only name, disabled, legend, query'],
  ['a formula without an expression', formula({}), `${QUERIES}[1]`, 'needs spec.expression, such as A / B * 100'],
  ['a formula of blanks', formula({ expression: '  ' }), `${QUERIES}[1]`, 'needs spec.expression, such as A / B * 100'],
  [
    'a formula with a filter',
    formula({ expression: 'A', filter: { expression: 'x' } }),
    `${QUERIES}[1]`,
    'of the type builder_formula takes only',
  ],
  ['a builder without a signal', builder({ signal: undefined }), QUERY, 'needs spec.signal: metrics, logs or traces'],
  ['a builder without aggregations', builder({ aggregations: undefined }), QUERY, 'needs at least one of spec.aggregations'],
  ['a builder with an empty list of them', builder({ aggregations: [] }), QUERY, 'needs at least one of spec.aggregations'],
  ['metrics without a metric', metrics({ spaceAggregation: 'sum' }), QUERY, 'each aggregation of metrics needs metricName'],
  ['metrics without a space aggregation', metrics({ metricName: 'm' }), QUERY, 'needs metricName and spaceAggregation, such as sum'],
  [
    'an expression of metrics',
    metrics({ metricName: 'm', spaceAggregation: 'sum', expression: 'count()' }),
    QUERY,
    'expression and alias belong to aggregations of logs and traces',
  ],
  [
    'logs without an expression',
    builder({ aggregations: [{ alias: 'n' }] }),
    QUERY,
    'each aggregation of logs or traces needs an expression',
  ],
  ['a metric of logs', builder({ aggregations: [{ expression: 'count()', metricName: 'm' }] }), QUERY, 'belong to aggregations of metrics'],
  [
    'an alias in an expression',
    builder({ aggregations: [{ expression: 'count() as n' }] }),
    `${QUERY}.spec.aggregations[0].expression`,
    'SigNoz takes no AS in an expression: write the name of the result in alias',
  ],
  [
    'one alias twice',
    builder({ aggregations: [1, 2].map(() => ({ expression: 'count()', alias: 'n' })) }),
    QUERY,
    'two aggregations of a query have the same alias',
  ],
  ['a group without a name', builder({ groupBy: [key('')] }), `${QUERY}.spec.groupBy[0].name`, 'must be the name of a field'],
  [
    'a group by timestamp',
    builder({ groupBy: [key('a'), key('timestamp')] }),
    `${QUERY}.spec.groupBy`,
    'SigNoz does not group by timestamp',
  ],
  [
    'an order without a name',
    builder({ order: [{ key: key(' '), direction: 'asc' }] }),
    `${QUERY}.spec.order[0].key.name`,
    'name of a field',
  ],
];

const SERVER_SENTENCES: readonly Row[] = [
  [
    'a query without a name',
    promql({ type: 'promql', spec: { query: 'up' } }),
    `${QUERY}.spec.name`,
    'Required value: give the query a name',
  ],
  ['an unknown query type', promql({ type: 'prom', spec: { name: 'A' } }), `${QUERY}.type`, 'supported values: "builder_query"'],
  [
    'an unknown query language',
    longRule({ condition: longCondition({ compositeQuery: { ...promqlQueries(), queryType: 'sql' } }) }),
    'spec.condition.compositeQuery.queryType',
    'supported values: "builder", "promql"',
  ],
  ['an unknown signal', builder({ signal: 'profiles' }), `${QUERY}.spec.signal`, 'supported values: "metrics", "logs", "traces"'],
  [
    'an unknown space aggregation',
    metrics({ metricName: 'm', spaceAggregation: 'p42' }),
    `${QUERY}.spec.aggregations[0].spaceAggregation`,
    'supported values: "sum"',
  ],
  ['an unknown function', builder({ functions: [{ name: 'timeShift' }] }), `${QUERY}.spec.functions[0].name`, '"timeshift"'],
  ['too many rows', builder({ limit: 10_001 }), `${QUERY}.spec.limit`, 'less than or equal to 10000'],
];

export const WRONG_QUERIES: readonly WrongSpec[] = [...wrongSpecs(OUR_SENTENCES), ...wrongSpecs(SERVER_SENTENCES, { ownWords: true })];
