import { Refusal } from './signoz-answers.ts';
import { type Fields, fieldsOf } from './signoz-go.ts';
import type { RuleQuery } from './signoz-query.ts';
import type { Rule } from './signoz-rule.ts';
import { comparisonErrors } from './signoz-threshold.ts';

const ALERT_TYPES = ['METRIC_BASED_ALERT', 'TRACES_BASED_ALERT', 'LOGS_BASED_ALERT', 'EXCEPTIONS_BASED_ALERT'];
const RULE_TYPES = ['threshold_rule', 'promql_rule', 'anomaly_rule'];
const SEASONS = ['hourly', 'daily', 'weekly'];
const SPACES = ['sum', 'avg', 'min', 'max', 'count', 'p50', 'p75', 'p90', 'p95', 'p99'];
const FUNCTIONS = (
  'cutoffmin cutoffmax clampmin clampmax absolute runningdiff log2 log10 cumulativesum ewma3 ewma5 ewma7 median3 median5 median7 ' +
  'timeshift anomaly fillzero'
).split(' ');
const MOST_ROWS = 10_000;

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
  const twice = names.filter((name, n) => names.indexOf(name) !== n);
  const misses = selectedQueryName !== '' && !names.includes(selectedQueryName);
  return [
    ...queries.flatMap(oneQuery),
    ...twice.map(name => `duplicate query name '${name}'`),
    ...(misses ? [`condition.selectedQueryName: "${selectedQueryName}" does not match any query in compositeQuery`] : []),
  ];
}

function oneQuery(query: RuleQuery): string[] {
  const { type, name, spec } = query;
  switch (type) {
    case 'promql':
      return spec['query'] === '' ? [`invalid PromQL query '${name}': PromQL query is required`] : [];
    case 'clickhouse_sql':
      return spec['query'] === '' ? [`invalid ClickHouse query '${name}': ClickHouse SQL query is required`] : [];
    case 'builder_formula':
      return spec['expression'] === '' ? [`invalid formula '${name}': formula expression cannot be blank`] : [];
    case 'builder_query':
      return builderErrors(query);
    default:
      return [];
  }
}

function builderErrors({ name, signal, spec }: RuleQuery): string[] {
  const fields = fieldsOf(spec, 'spec');
  const aggregations = (fields.list('aggregations') ?? []).map(item => fieldsOf(item, 'aggregation'));
  if (aggregations.length === 0) return [`invalid query '${name}': at least one aggregation is required`];
  const aliases = aggregations.map(one => one.text('alias')).filter(alias => alias !== '');
  const named = (list: string): string[] => (fields.list(list) ?? []).map(item => fieldsOf(item, list).text('name'));
  const keys = named('groupBy');
  return [
    ...aggregations.flatMap((one, n) => aggregationErrors(one, { signal, at: `aggregation #${n + 1} in query '${name}'` })),
    ...aliases.filter((alias, n) => aliases.indexOf(alias) !== n).map(alias => `duplicate aggregation alias: ${alias}`),
    ...keys.flatMap((key, n) => (key === '' ? [`invalid empty key name for group by at index ${n}`] : [])),
    ...(keys.includes('timestamp') ? ['group by on timestamp is not allowed'] : []),
    ...((fields.number('limit') ?? 0) > MOST_ROWS ? [`limit exceeds maximum allowed value of ${MOST_ROWS}`] : []),
    ...named('functions').flatMap((fn, n) =>
      FUNCTIONS.includes(fn) ? [] : [`invalid function #${n + 1} in query '${name}': invalid function name: ${fn}`],
    ),
  ];
}

function aggregationErrors(one: Fields, { signal, at }: { signal: string; at: string }): string[] {
  if (signal === 'metrics') {
    if (one.text('metricName') === '') return [`metric name is required for ${at}`];
    const oneOf = SPACES.map(space => `\`${space}\``).join(', ');
    return SPACES.includes(one.text('spaceAggregation')) ? [] : [`invalid space aggregation, should be one of the following: [${oneOf}]`];
  }
  const expression = one.text('expression');
  if (expression === '') return [`expression is required for ${signal.slice(0, -1)} ${at}`];
  return /\)\s+as\s/i.test(expression) ? ['aliasing is not allowed in expression. Use `alias` field instead'] : [];
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
    ...(enabled && interval === undefined
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
