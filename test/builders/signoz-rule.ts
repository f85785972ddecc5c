/** A rule of SigNoz as its API takes it, one threshold that sends to `ops-hook`. */
export function postableRule(over: object = {}) {
  return {
    version: 'v5',
    schemaVersion: 'v2alpha1',
    alert: 'api error rate',
    alertType: 'METRIC_BASED_ALERT',
    ruleType: 'promql_rule',
    source: 'awoooi://prod/monitoring/api-error-rate',
    condition: ruleCondition(),
    evaluation: { kind: 'rolling', spec: { evalWindow: '5m', frequency: '1m' } },
    notificationSettings: {},
    labels: { team: 'platform' },
    annotations: { summary: 'API errors' },
    ...over,
  };
}

export function ruleCondition(over: object = {}) {
  return {
    compositeQuery: ruleQueries([{ type: 'promql', spec: { name: 'A', query: 'up' } }]),
    selectedQueryName: 'A',
    thresholds: ruleThresholds([{}]),
    ...over,
  };
}

export function ruleQueries(queries: readonly object[], over: object = {}) {
  return { queryType: 'promql', panelType: 'graph', queries, ...over };
}

export function ruleThresholds(thresholds: readonly object[]) {
  const usual = { name: 'critical', target: 1, op: 'above', matchType: 'at_least_once', channels: ['ops-hook'] };
  return { kind: 'basic', spec: thresholds.map(threshold => ({ ...usual, ...threshold })) };
}

/** What a threshold rule of these queries has besides the rest of a rule. */
export function ruleOfQueries(queryType: string, ...queries: readonly object[]) {
  return { ruleType: 'threshold_rule', condition: ruleCondition({ compositeQuery: ruleQueries(queries, { queryType }) }) };
}

/** The query A of a type. */
export function queryOf(type: string, spec: object) {
  return { type, spec: { name: 'A', ...spec } };
}

/** A rule that counts logs. */
export function logsRule(spec: object) {
  return ruleOfQueries('builder', queryOf('builder_query', { signal: 'logs', aggregations: [{ expression: 'count()' }], ...spec }));
}
