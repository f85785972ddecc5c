import { z } from 'zod';
import { type Rule, withNeeded, withRules } from '../rule.ts';
import { matches, SAYS, spokenText } from '../text.ts';
import { AGGREGATION_RULES } from './aggregation-rules.ts';
import { Aggregation, ATOMIC, Expression, Func, GroupBy, Keys, LimitBy, most, Orders, Secondary, seconds, words } from './query-parts.ts';

const flag = (says: string) => z.boolean().describe(says).optional();

const fields = {
  name: spokenText({ maxLength: 64, sentence: 'must be a name by which formulas know the query, such as A' }).describe(
    'Name by which formulas and selectedQueryName know the query, such as A.',
  ),
  disabled: flag('True for a query that is only the input of a formula.'),
  legend: words('Name of each series, such as {{service_name}}.'),
  query: z.string().max(65_536).describe('PromQL or ClickHouse SQL; for the types promql and clickhouse_sql.').optional(),
  step: seconds('Seconds between two points, 0 for SigNoz to choose; for the type promql.'),
  stats: flag('Whether statistics of the query are asked for; for the type promql.'),
  expression: z.string().max(8192).describe('Such as A / B * 100; for formulas and trace operators.').optional(),
  returnSpansFrom: words('Which query of a trace operator the spans are taken from.'),
  signal: z.enum(['metrics', 'logs', 'traces']).describe('What is asked; needed for the type builder_query.').optional(),
  source: z.enum(['', 'meter']).describe("meter: SigNoz' own metering.").optional(),
  aggregations: z.array(Aggregation.describe('One aggregation.')).max(16).meta(ATOMIC).describe('Only the first is evaluated.').optional(),
  filter: Expression.describe('Which records count.').optional(),
  groupBy: GroupBy.describe('Fields to group by: a series for each combination of their values.').optional(),
  having: Expression.describe('Which series count.').optional(),
  order: Orders.describe('Order of the result.').optional(),
  limit: most('Most series.'),
  limitBy: LimitBy.describe('A limit for each value of some fields.').optional(),
  functions: z.array(Func.describe('One function.')).max(16).meta(ATOMIC).describe('Functions over the result, in this order.').optional(),
  stepInterval: seconds('Seconds between two points, 0 for SigNoz to choose.'),
  selectFields: Keys.describe('Fields of raw records.').optional(),
  offset: z.int32().min(0).describe('How many rows are left out at the beginning.').optional(),
  cursor: words('Where a page begins.'),
  secondaryAggregations: z
    .array(Secondary.describe('One aggregation.'))
    .max(8)
    .meta(ATOMIC)
    .describe('Aggregations over the result of the first one.')
    .optional(),
};

const QuerySpec = withNeeded(z.strictObject(fields), { name: 'give the query a name, such as A' });
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

const ofType = (types: readonly QueryType[]): string => `self.type in ['${types.join("', '")}']`;

/** SQL and PromQL are too long to be searched for more than blanks within CEL's budget: our own checker reads the PromQL. */
const NEEDS_TEXT: Rule<Envelope> = {
  cel: `!(${ofType(['promql', 'clickhouse_sql'])}) || (has(self.spec.query) && self.spec.query != '')`,
  message: 'a query of the type promql or clickhouse_sql needs spec.query: write the PromQL or the SQL there',
  holds: ({ type, spec }) => (type !== 'promql' && type !== 'clickhouse_sql') || (spec.query !== undefined && spec.query !== ''),
};

const NEEDS_EXPRESSION: Rule<Envelope> = {
  cel: `!(${ofType(['builder_formula', 'builder_trace_operator'])}) || (has(self.spec.expression) && ${matches('self.spec.expression', SAYS)})`,
  message: 'a query of the type builder_formula or builder_trace_operator needs spec.expression, such as A / B * 100',
  holds: ({ type, spec }) =>
    (type !== 'builder_formula' && type !== 'builder_trace_operator') || (spec.expression !== undefined && SAYS.test(spec.expression)),
};

const NEEDS_SIGNAL: Rule<Envelope> = {
  cel: "self.type != 'builder_query' || has(self.spec.signal)",
  message: 'a query of the type builder_query needs spec.signal: metrics, logs or traces',
  holds: ({ type, spec }) => type !== 'builder_query' || spec.signal !== undefined,
};

/** One query of a rule, in SigNoz' envelope: a type, and a spec that is strictly of that type. */
export const RuleQuery = withRules(Envelope, [
  ...QueryType.options.map(takesOnly),
  NEEDS_TEXT,
  NEEDS_EXPRESSION,
  NEEDS_SIGNAL,
  ...AGGREGATION_RULES,
]);
export type RuleQuery = z.infer<typeof RuleQuery>;
