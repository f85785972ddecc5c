import type { z } from 'zod';
import type { Rule } from '../rule.ts';
import type { Aggregation } from './query-parts.ts';

type Aggregation = z.infer<typeof Aggregation>;

interface Aggregated {
  readonly type: string;
  readonly spec: { readonly signal?: string | undefined; readonly aggregations?: readonly Aggregation[] | undefined };
}

const METRIC_ONLY = ['metricName', 'timeAggregation', 'spaceAggregation', 'temporality', 'reduceTo'] as const;
const RECORD_ONLY = ['expression', 'alias'] as const;

const CEL_METRICS = "(has(self.spec.signal) && self.spec.signal == 'metrics')";
const ofMetrics = ({ spec }: Aggregated): boolean => spec.signal === 'metrics';
const all = ({ spec }: Aggregated, holds: (aggregation: Aggregation) => boolean): boolean => (spec.aggregations ?? []).every(holds);

/** What SigNoz asks of the aggregations of a builder query: metrics are aggregated in another way than logs and traces. */
export const AGGREGATION_RULES: readonly Rule<Aggregated>[] = [
  {
    cel: "!(self.type in ['builder_query', 'builder_ai_query']) || (has(self.spec.aggregations) && size(self.spec.aggregations) > 0)",
    message: 'a query of the type builder_query or builder_ai_query needs at least one of spec.aggregations, such as expression: count()',
    holds: ({ type, spec }) => (type !== 'builder_query' && type !== 'builder_ai_query') || (spec.aggregations ?? []).length > 0,
  },
  {
    cel: `!${CEL_METRICS} || !has(self.spec.aggregations) || self.spec.aggregations.all(one, has(one.metricName) && one.metricName != '' && has(one.spaceAggregation))`,
    message: 'each aggregation of metrics needs metricName and spaceAggregation, such as sum',
    holds: query =>
      !ofMetrics(query) || all(query, one => one.metricName !== undefined && one.metricName !== '' && one.spaceAggregation !== undefined),
  },
  {
    cel: `!${CEL_METRICS} || !has(self.spec.aggregations) || self.spec.aggregations.all(one, ${hasNone(RECORD_ONLY)})`,
    message: 'expression and alias belong to aggregations of logs and traces: aggregate metrics by timeAggregation and spaceAggregation',
    holds: query => !ofMetrics(query) || all(query, one => RECORD_ONLY.every(field => one[field] === undefined)),
  },
  {
    cel: `${CEL_METRICS} || !has(self.spec.aggregations) || self.spec.aggregations.all(one, has(one.expression) && one.expression != '')`,
    message: 'each aggregation of logs or traces needs an expression, such as count() or p99(duration_nano)',
    holds: query => ofMetrics(query) || all(query, one => one.expression !== undefined && one.expression !== ''),
  },
  {
    cel: `${CEL_METRICS} || !has(self.spec.aggregations) || self.spec.aggregations.all(one, ${hasNone(METRIC_ONLY)})`,
    message: `${METRIC_ONLY.join(', ')} belong to aggregations of metrics: write an expression, or set signal to metrics`,
    holds: query => ofMetrics(query) || all(query, one => METRIC_ONLY.every(field => one[field] === undefined)),
  },
  {
    cel: "!has(self.spec.aggregations) || self.spec.aggregations.all(one, !has(one.alias) || one.alias == '' || self.spec.aggregations.exists_one(other, has(other.alias) && other.alias == one.alias))",
    message: 'two aggregations of a query have the same alias: give each a name of its own',
    holds: ({ spec }) => {
      const aliases = (spec.aggregations ?? []).flatMap(({ alias = '' }) => (alias === '' ? [] : [alias]));
      return new Set(aliases).size === aliases.length;
    },
  },
];

function hasNone(names: readonly string[]): string {
  return names.map(name => `!has(one.${name})`).join(' && ');
}
