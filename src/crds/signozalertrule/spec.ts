import { z } from 'zod';
import { durationBetween } from '../duration.ts';
import { SecretRef } from '../reference.ts';
import { type Rule, withNeeded, withRules } from '../rule.ts';
import { distinct, patternedText, spokenText } from '../text.ts';
import { ChannelNames, RuleCondition } from './condition.ts';
import { Frequency, RuleEvaluation, Window } from './evaluation.ts';
import { namedTexts, NotificationSettings, PromqlForm } from './settings.ts';

const RuleId = patternedText({
  pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  maxLength: 36,
  sentence:
    "must be the id of a rule in SigNoz, a UUID of version 7 in lower case such as 0198c0de-0000-7000-8000-000000000001 (it is in the rule's URL)",
});

const RuleName = spokenText({ maxLength: 512, sentence: 'must be a name for the rule in SigNoz; remove it to take metadata.name' });

const Pointer = patternedText({
  pattern: /^(\/([^~/]|~[01])*)+$/,
  maxLength: 512,
  sentence: 'must be a JSON Pointer into the rule, as status.lastDrift.fields has them, such as /labels/team',
});

const Signoz = withNeeded(
  z.object({ secretRef: SecretRef.describe('Secret with the keys url, apiKey and, where SigNoz has a CA of its own, caBundle (PEM).') }),
  { secretRef: "name the Secret with url and apiKey: set signoz.secretRef.name, or remove signoz for the operator's default connection" },
);

const Drift = z.object({
  policy: z
    .enum(['Correct', 'Report', 'Ignore'])
    .default('Correct')
    .describe('What is done about a change that was made in SigNoz: put right, only reported, or not looked for.'),
  ignoreFields: distinct(z.array(Pointer.describe('One JSON Pointer.')).max(32))
    .default([])
    .describe(
      'Places of the rule that may differ, with all below them, such as /annotations/runbook. A change of one of them is no drift.',
    ),
});

const Adoption = withRules(
  z.object({
    policy: z
      .enum(['Never', 'ByName', 'ById'])
      .default('Never')
      .describe(
        'Whether a rule that SigNoz has already, and that no object owns, is taken over: never, the one of this name, or that of ruleId.',
      ),
    ruleId: RuleId.describe('For ById: the id of the rule.').optional(),
  }),
  [
    {
      cel: "(self.policy == 'ById') == has(self.ruleId)",
      message: 'adoption.ruleId belongs to the policy ById: give both, or neither',
      holds: ({ policy, ruleId }) => (policy === 'ById') === (ruleId !== undefined),
    },
  ],
);

const Spec = z.object({
  signoz: Signoz.describe("Which SigNoz. Left out: the operator's default connection, where this namespace may use it.").optional(),
  name: RuleName.describe('Name of the rule in SigNoz. Left out: metadata.name.').optional(),
  description: z.string().describe('What the rule is for; shown in SigNoz.').optional(),
  promql: PromqlForm.describe('The short form: what a Prometheus rule says. Either promql or condition.').optional(),
  alertType: z
    .enum(['METRIC_BASED_ALERT', 'TRACES_BASED_ALERT', 'LOGS_BASED_ALERT', 'EXCEPTIONS_BASED_ALERT'])
    .describe('What the rule is about; needed with condition.')
    .optional(),
  ruleType: z
    .enum(['threshold_rule', 'promql_rule', 'anomaly_rule'])
    .describe('Left out: promql_rule where queryType is promql, else threshold_rule.')
    .optional(),
  schemaVersion: z
    .enum(['v2alpha1', 'v1'])
    .default('v2alpha1')
    .describe("Version of SigNoz' own schema. v1 is for rules from before thresholds, and for anomaly rules."),
  condition: RuleCondition.describe('The long form: what is evaluated, and when it fires. Either promql or condition.').optional(),
  evaluation: RuleEvaluation.describe('Over which window, and how often; needed with condition but for schemaVersion v1.').optional(),
  evalWindow: Window.describe('For schemaVersion v1: how far back each evaluation looks.').optional(),
  frequency: Frequency.describe('For schemaVersion v1: how often the rule is evaluated.').optional(),
  preferredChannels: ChannelNames.describe('For schemaVersion v1: who is notified.').optional(),
  notificationSettings: NotificationSettings.describe('How alerts become notifications.').optional(),
  labels: namedTexts('a label').describe('Labels of each alert.').optional(),
  annotations: namedTexts('an annotation').describe('Texts of each notification.').optional(),
  disabled: z.boolean().default(false).describe('True: the rule is kept in SigNoz and not evaluated.'),
  drift: Drift.default({ policy: 'Correct', ignoreFields: [] }).describe('What is done about changes that were made in SigNoz.'),
  deletionPolicy: z
    .enum(['Delete', 'Orphan', 'Disable'])
    .default('Delete')
    .describe('What becomes of the rule when this object is deleted: it is deleted too, stays as it is, or stays disabled.'),
  finalizerTimeout: durationBetween('1s', '168h')
    .default('10m')
    .describe('How long the deletion of this object waits for SigNoz. After that the rule is left where it is, with an event.'),
  adoption: Adoption.default({ policy: 'Never' }).describe('Whether a rule that SigNoz has already is taken over.'),
  mode: z
    .enum(['Apply', 'Plan'])
    .default('Apply')
    .describe('Plan changes nothing in SigNoz: status.plan says what would be done, and it is done once approvedPlan is its hash.'),
  approvedPlan: z.string().max(64).describe('The status.plan.hash of the plan that may be carried out.').optional(),
  suspend: z.boolean().default(false).describe('True: SigNoz is neither read nor changed for this object until it is false again.'),
  resync: durationBetween('10s', '24h').default('5m').describe('How often the rule is compared with SigNoz.'),
});
type Spec = z.infer<typeof Spec>;

const LONG_ONLY = ['alertType', 'ruleType', 'evaluation', 'evalWindow', 'frequency', 'preferredChannels'] as const;
const V1_ONLY = ['evalWindow', 'frequency', 'preferredChannels'] as const;

const usesPolicy = ({ notificationSettings }: Spec): boolean => notificationSettings?.usePolicy === true;
const CEL_POLICY = '(has(self.notificationSettings) && self.notificationSettings.usePolicy)';
const isV1 = ({ schemaVersion }: Spec): boolean => schemaVersion === 'v1';
const CEL_V1 = "(self.schemaVersion == 'v1')";

const RULES: readonly Rule<Spec>[] = [
  {
    cel: 'has(self.promql) != has(self.condition)',
    message: 'say what the rule evaluates: give exactly one of promql (the short form) and condition (the long form)',
    holds: spec => (spec.promql === undefined) !== (spec.condition === undefined),
  },
  {
    cel: `!has(self.promql) || (${CEL_V1} ? false : !(${LONG_ONLY.map(field => `has(self.${field})`).join(' || ')}))`,
    message: `promql stands for the whole rule: remove schemaVersion v1, ${LONG_ONLY.join(', ')}, or write the rule with condition`,
    holds: spec => spec.promql === undefined || (!isV1(spec) && LONG_ONLY.every(field => spec[field] === undefined)),
  },
  {
    cel: `!has(self.promql) || ${CEL_POLICY} || (has(self.promql.channels) && size(self.promql.channels) > 0)`,
    message: 'promql.channels must name at least one channel of SigNoz, or set notificationSettings.usePolicy to true',
    holds: spec => spec.promql === undefined || usesPolicy(spec) || (spec.promql.channels ?? []).length > 0,
  },
  {
    cel: '!has(self.condition) || has(self.alertType)',
    message: 'condition needs alertType: METRIC_BASED_ALERT, TRACES_BASED_ALERT, LOGS_BASED_ALERT or EXCEPTIONS_BASED_ALERT',
    holds: spec => spec.condition === undefined || spec.alertType !== undefined,
  },
  {
    cel: `!has(self.condition) || ${CEL_V1} || (has(self.condition.thresholds) && has(self.evaluation))`,
    message: 'condition needs condition.thresholds and evaluation (or schemaVersion v1, with op, matchType and target in condition)',
    holds: spec => spec.condition === undefined || isV1(spec) || (spec.condition.thresholds !== undefined && spec.evaluation !== undefined),
  },
  {
    cel: `${CEL_V1} || !(${V1_ONLY.map(field => `has(self.${field})`).join(' || ')})`,
    message: `${V1_ONLY.join(', ')} belong to schemaVersion v1: use evaluation and the channels of each threshold`,
    holds: spec => isV1(spec) || V1_ONLY.every(field => spec[field] === undefined),
  },
  {
    cel: `!has(self.condition) || ${CEL_V1} || !(has(self.condition.op) || has(self.condition.matchType) || has(self.condition.target) || has(self.condition.targetUnit))`,
    message: 'op, matchType, target and targetUnit stand in condition for schemaVersion v1 alone: move them into condition.thresholds',
    holds: ({ condition, ...spec }) =>
      condition === undefined ||
      spec.schemaVersion === 'v1' ||
      [condition.op, condition.matchType, condition.target, condition.targetUnit].every(field => field === undefined),
  },
  {
    cel: `!${CEL_V1} || (!has(self.evaluation) && !has(self.notificationSettings) && (!has(self.condition) || !has(self.condition.thresholds)))`,
    message: 'schemaVersion v1 knows no evaluation, notificationSettings and condition.thresholds: remove them, or use v2alpha1',
    holds: spec =>
      !isV1(spec) || (spec.evaluation === undefined && spec.notificationSettings === undefined && spec.condition?.thresholds === undefined),
  },
  {
    cel: `!${CEL_V1} || !has(self.condition) || (has(self.condition.op) && has(self.condition.matchType) && has(self.condition.target) && has(self.preferredChannels) && size(self.preferredChannels) > 0)`,
    message: 'schemaVersion v1 needs condition.op, condition.matchType, condition.target and at least one of preferredChannels',
    holds: ({ condition, preferredChannels = [], ...spec }) =>
      spec.schemaVersion !== 'v1' ||
      condition === undefined ||
      ([condition.op, condition.matchType, condition.target].every(field => field !== undefined) && preferredChannels.length > 0),
  },
  {
    cel: `!has(self.condition) || !has(self.condition.thresholds) || ${CEL_POLICY} || self.condition.thresholds.all(threshold, has(threshold.channels) && size(threshold.channels) > 0)`,
    message: 'each threshold must name at least one channel of SigNoz, or set notificationSettings.usePolicy to true',
    holds: spec => usesPolicy(spec) || (spec.condition?.thresholds ?? []).every(({ channels = [] }) => channels.length > 0),
  },
  {
    cel: "!has(self.ruleType) || !has(self.condition) || (self.ruleType == 'promql_rule') == (self.condition.compositeQuery.queryType == 'promql')",
    message: 'ruleType promql_rule goes with queryType promql, and the other rule types with the others: change one, or leave ruleType out',
    holds: ({ ruleType, condition }) =>
      ruleType === undefined ||
      condition === undefined ||
      (ruleType === 'promql_rule') === (condition.compositeQuery.queryType === 'promql'),
  },
  {
    cel: `!has(self.ruleType) || self.ruleType != 'anomaly_rule' || ${CEL_V1}`,
    message: 'an anomaly rule needs schemaVersion v1: SigNoz knows it in that form alone',
    holds: spec => spec.ruleType !== 'anomaly_rule' || isV1(spec),
  },
  {
    cel: "!has(self.ruleType) || self.ruleType != 'anomaly_rule' || !has(self.condition) || self.condition.compositeQuery.queries.exists(query, has(query.spec.functions) && query.spec.functions.exists(call, call.name == 'anomaly'))",
    message: 'an anomaly rule needs a builder query with the function anomaly: add it to functions of the query',
    holds: ({ ruleType, condition }) =>
      ruleType !== 'anomaly_rule' ||
      condition === undefined ||
      condition.compositeQuery.queries.some(({ spec }) => spec.functions?.some(({ name }) => name === 'anomaly')),
  },
];

/** One alert rule of SigNoz and how it is looked after: field by field in docs/spec/signozalertrule.md. */
export const SignozAlertRuleSpec = withRules(Spec, RULES);
export type SignozAlertRuleSpec = z.infer<typeof SignozAlertRuleSpec>;
