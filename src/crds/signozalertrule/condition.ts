import { z } from 'zod';
import { withNeeded, withRules } from '../rule.ts';
import { distinct, spokenText } from '../text.ts';
import { RuleQuery } from './query.ts';

const RULE_OPERATORS = ['above', 'below', 'equal', 'not_equal', 'above_or_equal', 'below_or_equal', 'outside_bounds'] as const;
const Operator = z.enum(RULE_OPERATORS);
const MatchType = z.enum(['at_least_once', 'all_the_times', 'on_average', 'in_total', 'last']);

const ChannelName = spokenText({ maxLength: 256, sentence: "must be the name of one of SigNoz' notification channels, such as ops-slack" });
export const ChannelNames = distinct(z.array(ChannelName.describe('Name of a channel.')).max(64));

/** A name that may stand in a list whose entries are told apart by it. */
export const ThresholdName = spokenText({ maxLength: 256, sentence: 'must be a name for the threshold, such as critical' });

const Threshold = withNeeded(
  z.object({
    name: ThresholdName.describe('Name of the threshold; SigNoz makes the label severity of it where the rule has none.'),
    target: z.number().describe('The value that is compared with.'),
    targetUnit: z.string().describe('Unit of target, where it is not that of the query.').optional(),
    recoveryTarget: z.number().describe('A firing alert ends only when this value is passed.').optional(),
    op: Operator.describe('How the query is compared with target; outside_bounds compares its absolute value with `>=`.'),
    matchType: MatchType.describe('Which points of the window must meet the comparison.'),
    channels: ChannelNames.describe('Who is notified. Needed unless notificationSettings.usePolicy is true.').optional(),
  }),
  {
    target: 'give the value that is compared with, such as 0.05',
    op: 'say how the query is compared with target: above, below, equal, not_equal, above_or_equal, below_or_equal or outside_bounds',
    matchType: 'say which points of the window must meet the comparison: at_least_once, all_the_times, on_average, in_total or last',
  },
);

const Queries = withRules(z.array(RuleQuery.describe('One query.')).min(1).max(32).meta({ 'x-kubernetes-list-type': 'atomic' }), [
  {
    cel: 'self.all(query, !has(query.spec.name) || self.exists_one(other, has(other.spec.name) && other.spec.name == query.spec.name))',
    message: 'two queries have the same name: give each query a name of its own',
    holds: queries => new Set(queries.map(({ spec }) => spec.name)).size === queries.length,
  },
  {
    cel: 'size(self) == 0 || self.exists(query, !has(query.spec.disabled) || !query.spec.disabled)',
    message: 'all queries are disabled, so nothing would be evaluated: remove disabled from the one whose result is compared',
    holds: queries => queries.length === 0 || queries.some(({ spec }) => spec.disabled !== true),
  },
]);

const CompositeQuery = withRules(
  z.object({
    queryType: z.enum(['builder', 'promql', 'clickhouse_sql']).describe('Language of the queries.'),
    panelType: z.enum(['graph', 'value', 'table']).default('graph').describe("How SigNoz' page of the rule draws it."),
    unit: z.string().describe('Unit of the result, such as percentunit or ms. SigNoz formats `$value` by it.').optional(),
    queries: Queries.describe('The queries, of which selectedQueryName is evaluated.'),
  }),
  [
    {
      cel: "self.queries.all(query, self.queryType == 'builder' ? query.type.startsWith('builder_') : query.type == self.queryType)",
      message:
        'the type of each query must fit queryType: builder takes types that begin with builder_, promql and clickhouse_sql take their own',
      holds: ({ queryType, queries }) =>
        queries.every(({ type }) => (queryType === 'builder' ? type.startsWith('builder_') : type === queryType)),
    },
  ],
);

const Thresholds = withRules(
  z
    .array(Threshold.describe('One threshold.'))
    .min(1)
    .max(128)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }),
  [
    {
      cel: 'self.all(threshold, self.exists_one(other, other.name == threshold.name))',
      message: 'two thresholds have the same name: give each threshold a name of its own',
      holds: thresholds => new Set(thresholds.map(({ name }) => name)).size === thresholds.length,
    },
  ],
);

/** What is evaluated, and when it fires. */
export const RuleCondition = withRules(
  z.object({
    compositeQuery: CompositeQuery.describe('What is evaluated.'),
    selectedQueryName: z
      .string()
      .describe('The query or formula whose result is compared. Left out: F1, else the last enabled query by name.')
      .optional(),
    thresholds: Thresholds.describe('When it fires, and who is told. Needed but for schemaVersion v1.').optional(),
    alertOnAbsent: z.boolean().default(false).describe('Whether it also fires when the query has returned nothing for absentFor.'),
    absentFor: z.int32().min(0).max(525_600).default(0).describe('Minutes without a result after which alertOnAbsent fires; 0 at once.'),
    requireMinPoints: z.boolean().default(false).describe('Whether series with fewer than requiredNumPoints points are passed over.'),
    requiredNumPoints: z.int32().min(0).default(0).describe('See requireMinPoints.'),
    op: Operator.describe('For schemaVersion v1: how the query is compared with target.').optional(),
    matchType: MatchType.describe('For schemaVersion v1: which points of the window must meet the comparison.').optional(),
    target: z.number().describe('For schemaVersion v1: the value that is compared with.').optional(),
    targetUnit: z.string().describe('For schemaVersion v1: unit of target.').optional(),
    algorithm: z.enum(['standard']).describe('Of anomaly rules: how the anomaly is found.').optional(),
    seasonality: z.enum(['hourly', 'daily', 'weekly']).describe('Of anomaly rules: the period that is compared with.').optional(),
  }),
  [
    {
      cel: '!has(self.selectedQueryName) || self.compositeQuery.queries.exists(query, has(query.spec.name) && query.spec.name == self.selectedQueryName)',
      message: 'selectedQueryName must be the name of one of compositeQuery.queries',
      holds: ({ selectedQueryName, compositeQuery }) =>
        selectedQueryName === undefined || compositeQuery.queries.some(({ spec }) => spec.name === selectedQueryName),
    },
    {
      cel: 'self.absentFor == 0 || self.alertOnAbsent',
      message: 'absentFor belongs to alertOnAbsent: set alertOnAbsent to true, or remove absentFor',
      holds: ({ absentFor, alertOnAbsent }) => absentFor === 0 || alertOnAbsent,
    },
    {
      cel: '!self.requireMinPoints || self.requiredNumPoints > 0',
      message: 'requireMinPoints needs requiredNumPoints above 0: set it, or remove requireMinPoints',
      holds: ({ requireMinPoints, requiredNumPoints }) => !requireMinPoints || requiredNumPoints > 0,
    },
  ],
);
export type RuleCondition = z.infer<typeof RuleCondition>;
