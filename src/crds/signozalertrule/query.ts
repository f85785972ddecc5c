import { z } from 'zod';
import { type Rule, withRules } from '../rule.ts';

const List = { 'x-kubernetes-list-type': 'atomic' } as const;
const flag = (says: string) => z.boolean().describe(says).optional();
const words = (says: string) => z.string().describe(says).optional();
const seconds = (says: string) => z.int32().min(0).describe(says).optional();

const Key = z.strictObject({
  name: z.string().describe('Name of the field, such as service.name.'),
  signal: z.enum(['traces', 'logs', 'metrics', '']).describe('Where the field lies; empty: wherever SigNoz finds it.').optional(),
  fieldContext: words('Part of the record: resource, attribute, span, log, body and so on.'),
  fieldDataType: words('Type of the field: string, number, bool, int64 and so on.'),
  description: words('What the field is, for people.'),
  unit: words('Unit of the field.'),
});
const keys = (says: string) => z.array(Key.describe('One field.')).max(32).meta(List).describe(says).optional();

const Expression = z.strictObject({ expression: z.string().describe("An expression in SigNoz's own filter language.") });

const Aggregation = z.strictObject({
  metricName: words('Metric to aggregate; for metrics alone.'),
  timeAggregation: z
    .enum(['latest', 'sum', 'avg', 'min', 'max', 'count', 'count_distinct', 'rate', 'increase', ''])
    .describe('How the points of one series become one value; for metrics alone.')
    .optional(),
  spaceAggregation: z
    .enum(['sum', 'avg', 'min', 'max', 'count', 'p50', 'p75', 'p90', 'p95', 'p99', ''])
    .describe('How the values of series become one; for metrics alone.')
    .optional(),
  temporality: z.enum(['delta', 'cumulative', 'unspecified', '']).describe('Kind of counter; for metrics alone.').optional(),
  reduceTo: words('How a whole series becomes one number; for metrics alone.'),
  expression: words('Such as count() or p99(duration_nano); for logs and traces.'),
  alias: words('Name of the result; for logs and traces.'),
});

const Order = z.strictObject({
  key: Key.describe('What to order by.'),
  direction: z.enum(['asc', 'desc']).describe('Ascending or descending.'),
});
const orders = z.array(Order.describe('One criterion.')).max(16).meta(List).describe('Order of the result.').optional();

const LimitBy = z.strictObject({
  keys: z.array(z.string().describe('A field.')).max(16).meta(List).describe('Fields whose values each get a limit of their own.'),
  value: z.string().describe('The limit.'),
});

const Argument = z.strictObject({
  name: words('Name of the argument.'),
  value: z
    .unknown()
    .refine(value => ['number', 'string', 'undefined'].includes(typeof value), { error: 'it must be a number or a text' })
    .meta({ 'x-kubernetes-preserve-unknown-fields': true })
    .describe('A number or a text.')
    .optional(),
});

const Func = z.strictObject({
  name: z.string().describe('Such as fillzero, ewma3 or timeshift.'),
  args: z.array(Argument.describe('One argument.')).max(16).meta(List).describe('Its arguments.').optional(),
});

const Secondary = z.strictObject({
  stepInterval: seconds('Seconds between two points.'),
  expression: z.string().describe('Aggregation over the result of the first one.'),
  alias: words('Name of the result.'),
  groupBy: keys('Fields to group by.'),
  order: orders,
  limit: z.int32().min(0).max(10_000).describe('Most series.').optional(),
  limitBy: LimitBy.describe('A limit for each value of some fields.').optional(),
});

const fields = {
  name: z.string().min(1).max(64).describe('Name by which formulas and selectedQueryName know the query, such as A.'),
  disabled: flag('True for a query that is only the input of a formula.'),
  legend: words('Name of each series, such as {{service_name}}.'),
  query: words('PromQL or ClickHouse SQL; for the types promql and clickhouse_sql.'),
  step: seconds('Seconds between two points, 0 for SigNoz to choose; for the type promql.'),
  stats: flag('Whether statistics of the query are asked for; for the type promql.'),
  expression: words('Such as A / B * 100; for formulas and trace operators.'),
  returnSpansFrom: words('Which query of a trace operator the spans are taken from.'),
  signal: z.enum(['metrics', 'logs', 'traces']).describe('What is asked; needed for the type builder_query.').optional(),
  source: z.enum(['', 'meter']).describe("meter: SigNoz' own metering.").optional(),
  aggregations: z.array(Aggregation.describe('One aggregation.')).max(16).meta(List).describe('Only the first is evaluated.').optional(),
  filter: Expression.describe('Which records count.').optional(),
  groupBy: keys('Fields to group by: a series for each combination of their values.'),
  having: Expression.describe('Which series count.').optional(),
  order: orders,
  limit: z.int32().min(0).max(10_000).describe('Most series.').optional(),
  limitBy: LimitBy.describe('A limit for each value of some fields.').optional(),
  functions: z.array(Func.describe('One function.')).max(16).meta(List).describe('Functions over the result, in this order.').optional(),
  stepInterval: seconds('Seconds between two points, 0 for SigNoz to choose.'),
  selectFields: keys('Fields of raw records.'),
  offset: z.int32().min(0).describe('How many rows are left out at the beginning.').optional(),
  cursor: words('Where a page begins.'),
  secondaryAggregations: z
    .array(Secondary.describe('One aggregation.'))
    .max(8)
    .meta(List)
    .describe('Aggregations over the result of the first one.')
    .optional(),
};

const QuerySpec = z.strictObject(fields);
export type QuerySpec = z.infer<typeof QuerySpec>;

const BUILDER = (
  'name disabled legend signal source aggregations filter groupBy having order limit limitBy functions stepInterval selectFields offset ' +
  'cursor secondaryAggregations'
).split(' ');

/** What a spec of each type may hold: SigNoz refuses all else (contracts/signoz.md, section 2.7). */
const TAKES: Readonly<Record<QueryType, readonly string[]>> = {
  builder_query: BUILDER,
  builder_ai_query: BUILDER,
  builder_formula: ['name', 'disabled', 'legend', 'expression', 'order', 'limit', 'having', 'functions'],
  builder_trace_operator: [...BUILDER.filter(name => name !== 'signal' && name !== 'source'), 'expression', 'returnSpansFrom'],
  promql: ['name', 'disabled', 'legend', 'query', 'step', 'stats'],
  clickhouse_sql: ['name', 'disabled', 'legend', 'query'],
};

const QueryType = z.enum(['builder_query', 'builder_formula', 'builder_trace_operator', 'builder_ai_query', 'promql', 'clickhouse_sql']);
type QueryType = z.infer<typeof QueryType>;

const Envelope = z.strictObject({
  type: QueryType.describe('What kind of query it is. It says which fields of spec may be set.'),
  spec: QuerySpec.describe('The query.'),
});
type Envelope = z.infer<typeof Envelope>;

function takesOnly(type: QueryType): Rule<Envelope> {
  const others = Object.keys(fields).filter(name => !TAKES[type].includes(name));
  return {
    cel: `self.type != '${type}' || !(${others.map(name => `has(self.spec.${name})`).join(' || ')})`,
    message: `a query of the type ${type} takes only ${TAKES[type].join(', ')}: remove the other fields, or change type`,
    holds: query => query.type !== type || others.every(name => Reflect.get(query.spec, name) === undefined),
  };
}

function needs(types: readonly QueryType[], field: 'query' | 'expression' | 'signal' | 'aggregations'): Rule<Envelope> {
  const present =
    field === 'signal' || field === 'aggregations' ? `has(self.spec.${field})` : `has(self.spec.${field}) && self.spec.${field} != ''`;
  return {
    cel: `!(self.type in ['${types.join("', '")}']) || (${present})`,
    message: `a query of the type ${types.join(' or ')} needs spec.${field}`,
    holds: ({ type, spec }) => !types.includes(type) || (spec[field] !== undefined && spec[field] !== ''),
  };
}

/** One query of a rule, in SigNoz' envelope: a type, and a spec that is strictly of that type. */
export const RuleQuery = withRules(Envelope, [
  ...QueryType.options.map(takesOnly),
  needs(['promql', 'clickhouse_sql'], 'query'),
  needs(['builder_formula', 'builder_trace_operator'], 'expression'),
  needs(['builder_query'], 'signal'),
  needs(['builder_query', 'builder_ai_query'], 'aggregations'),
]);
export type RuleQuery = z.infer<typeof RuleQuery>;
