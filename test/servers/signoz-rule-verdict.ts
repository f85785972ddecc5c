import { Refusal } from './signoz-answers.ts';
import { nanoseconds } from './signoz-go.ts';
import { queryFault } from './signoz-query-verdict.ts';
import type { Rule } from './signoz-rule.ts';
import { comparisonErrors } from './signoz-threshold.ts';

const ALERT_TYPES = ['METRIC_BASED_ALERT', 'TRACES_BASED_ALERT', 'LOGS_BASED_ALERT', 'EXCEPTIONS_BASED_ALERT'];
const RULE_TYPES = ['threshold_rule', 'promql_rule', 'anomaly_rule'];
const SEASONS = ['hourly', 'daily', 'weekly'];
/** Throws all that is wrong with a rule that could be read (contracts/signoz.md, section 2.9, stage B). */
export function validate(rule: Rule): void {
  const errors = [...topErrors(rule), ...queryErrors(rule), ...conditionErrors(rule)];
  if (errors.length > 0) throw new Refusal('alert rule is not valid', { errors });
}

function topErrors({ alert, alertType, ruleType, condition: { seasonality } }: Rule): string[] {
  return [
    ...(alert === '' ? ['alert: field is required'] : []),
    ...notOneOf(ALERT_TYPES, { alertType }, type => `"${type}"`),
    ...notOneOf(RULE_TYPES, { ruleType }),
    ...notOneOf(SEASONS, { 'condition.seasonality': seasonality }),
  ];
}

/** An empty value passes. */
function notOneOf(known: readonly string[], given: Readonly<Record<string, string>>, quoted = (word: string) => word): string[] {
  return Object.entries(given).flatMap(([field, value]) =>
    value === '' || known.includes(value) ? [] : [`${field}: unsupported value "${value}"; must be one of ${known.map(quoted).join(', ')}`],
  );
}

function queryErrors({ condition: { compositeQuery, selectedQueryName } }: Rule): string[] {
  if (!compositeQuery) return ['condition.compositeQuery: field is required'];
  const { queries } = compositeQuery;
  if (queries.length === 0) return ['condition.compositeQuery.queries: must have at least one query'];
  const names = queries.map(({ name }) => name);
  const fault = queryFault(queries);
  const misses = selectedQueryName !== '' && !names.includes(selectedQueryName);
  return [
    ...(fault === undefined ? [] : [fault]),
    ...(misses ? [`condition.selectedQueryName: "${selectedQueryName}" does not match any query in compositeQuery`] : []),
  ];
}

function conditionErrors(rule: Rule): string[] {
  const { requireMinPoints, requiredNumPoints } = rule.condition;
  const tooFew = requireMinPoints && requiredNumPoints <= 0;
  return [
    ...(tooFew ? ['condition.requiredNumPoints: must be greater than 0 when requireMinPoints is enabled'] : []),
    ...schemaErrors(rule),
  ];
}

function schemaErrors({ schemaVersion, condition, evaluation, notificationSettings }: Rule): string[] {
  const required = (fields: Readonly<Record<string, unknown>>): string[] =>
    Object.entries(fields).flatMap(([field, value]) =>
      value === undefined || value === '' ? [`${field}: field is required for schemaVersion "${schemaVersion || 'v1'}"`] : [],
    );
  if (schemaVersion === '' || schemaVersion === 'v1') {
    const { target, op, matchType } = condition;
    const missing = required({ 'condition.target': target, 'condition.op': op, 'condition.matchType': matchType });
    return [...missing, ...comparisonErrors(op || '1', matchType || '1')];
  }
  if (schemaVersion !== 'v2alpha1') return [`schemaVersion: unsupported value "${schemaVersion}"; must be one of "v1", "v2alpha1"`];
  const { enabled = false, interval } = notificationSettings?.renotify ?? {};
  return [
    ...required({ 'condition.thresholds': condition.thresholds, evaluation, notificationSettings }),
    ...(enabled && (interval === undefined || nanoseconds(interval) <= 0)
      ? ['notificationSettings.renotify.interval: must be a positive duration when renotify is enabled']
      : []),
  ];
}

/** Whether an evaluator could be made of it: the reason of a refusal is in SigNoz's own log only (sections 1.3 and 2.8). */
export function canBeScheduled({ ruleType, condition: { compositeQuery, selectedQueryName } }: Rule): boolean {
  const { queries = [] } = compositeQuery ?? {};
  const names = queries.filter(({ disabled }) => !disabled).map(({ name }) => name);
  const selected = selectedQueryName || (names.includes('F1') ? 'F1' : names.toSorted().at(-1));
  if (ruleType === 'promql_rule') return queries.find(({ name }) => name === selected)?.type === 'promql';
  return ruleType === 'threshold_rule';
}
