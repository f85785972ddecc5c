import { z } from 'zod';
import { withRules } from '../rule.ts';
import { matches, spokenText } from '../text.ts';

/** Lists of SigNoz' queries keep their order and may repeat themselves. */
export const ATOMIC = { 'x-kubernetes-list-type': 'atomic' } as const;

export const words = (says: string) => z.string().describe(says).optional();
export const seconds = (says: string) => z.int32().min(0).describe(says).optional();

/** SigNoz takes no more rows or series. */
export const most = (says: string) => z.int32().min(0).max(10_000).describe(says).optional();

const Key = z.strictObject({
  name: spokenText({ maxLength: 512, sentence: 'must be the name of a field, such as service.name' }).describe(
    'Name of the field, such as service.name.',
  ),
  signal: z.enum(['traces', 'logs', 'metrics', '']).describe('Where the field lies; empty: wherever SigNoz finds it.').optional(),
  fieldContext: words('Part of the record: resource, attribute, span, log, body and so on.'),
  fieldDataType: words('Type of the field: string, number, bool, int64 and so on.'),
  description: words('What the field is, for people.'),
  unit: words('Unit of the field.'),
});

export const Keys = z.array(Key.describe('One field.')).max(32).meta(ATOMIC);

export const GroupBy = withRules(Keys, [
  {
    cel: "self.all(key, key.name != 'timestamp')",
    message: 'SigNoz does not group by timestamp: remove it from groupBy (each series has points in time as it is)',
    holds: keys => keys.every(({ name }) => name !== 'timestamp'),
  },
]);

export const Expression = z.strictObject({ expression: z.string().describe("An expression in SigNoz's own filter language.") });

/** As SigNoz itself looks for it. */
const ALIASED = / [aA][sS] /;

const AggregationText = withRules(z.string().max(2048), [
  {
    cel: `!${matches('self', ALIASED)}`,
    message: 'SigNoz takes no AS in an expression: write the name of the result in alias',
    holds: text => !ALIASED.test(text),
  },
]);

export const Aggregation = z.strictObject({
  metricName: words('Metric to aggregate; for metrics alone.'),
  timeAggregation: z
    .enum(['latest', 'sum', 'avg', 'min', 'max', 'count', 'count_distinct', 'rate', 'increase', ''])
    .describe('How the points of one series become one value; for metrics alone.')
    .optional(),
  spaceAggregation: z
    .enum(['sum', 'avg', 'min', 'max', 'count', 'p50', 'p75', 'p90', 'p95', 'p99'])
    .describe('How the values of series become one; for metrics alone, and needed there.')
    .optional(),
  temporality: z.enum(['delta', 'cumulative', 'unspecified', '']).describe('Kind of counter; for metrics alone.').optional(),
  reduceTo: words('How a whole series becomes one number; for metrics alone.'),
  expression: AggregationText.describe('Such as count() or p99(duration_nano); for logs and traces, and needed there.').optional(),
  alias: z.string().max(256).describe('Name of the result; for logs and traces.').optional(),
});

const Order = z.strictObject({
  key: Key.describe('What to order by.'),
  direction: z.enum(['asc', 'desc']).describe('Ascending or descending.'),
});
export const Orders = z.array(Order.describe('One criterion.')).max(16).meta(ATOMIC);

export const LimitBy = z.strictObject({
  keys: z.array(z.string().describe('A field.')).max(16).meta(ATOMIC).describe('Fields whose values each get a limit of their own.'),
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

const FUNCTIONS = [
  ...(['cutoffmin', 'cutoffmax', 'clampmin', 'clampmax', 'absolute', 'runningdiff', 'log2', 'log10', 'cumulativesum'] as const),
  ...(['ewma3', 'ewma5', 'ewma7', 'median3', 'median5', 'median7', 'timeshift', 'anomaly', 'fillzero'] as const),
] as const;

export const Func = z.strictObject({
  name: z.enum(FUNCTIONS).describe('Which function, in lower case.'),
  args: z.array(Argument.describe('One argument.')).max(16).meta(ATOMIC).describe('Its arguments.').optional(),
});

export const Secondary = z.strictObject({
  stepInterval: seconds('Seconds between two points.'),
  expression: z.string().describe('Aggregation over the result of the first one.'),
  alias: words('Name of the result.'),
  groupBy: GroupBy.describe('Fields to group by.').optional(),
  order: Orders.describe('Order of the result.').optional(),
  limit: most('Most series.'),
  limitBy: LimitBy.describe('A limit for each value of some fields.').optional(),
});
