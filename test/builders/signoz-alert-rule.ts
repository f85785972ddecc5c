type Plain = Readonly<Record<string, unknown>>;

/** The smallest rule in the short form; `undefined` takes a field away. */
export function shortRule(promql: Plain = {}, over: Plain = {}): Plain {
  return { promql: { expr: 'up == 0', channels: ['ops-hook'], ...promql }, ...over };
}

/** The smallest rule in the long form. */
export function longRule(over: Plain = {}): Plain {
  return {
    alertType: 'METRIC_BASED_ALERT',
    condition: longCondition(),
    evaluation: { kind: 'rolling', spec: { evalWindow: '5m' } },
    ...over,
  };
}

export function longCondition(over: Plain = {}): Plain {
  return { compositeQuery: promqlQueries(), thresholds: [threshold()], ...over };
}

export function threshold(over: Plain = {}): Plain {
  return { name: 'critical', target: 1, op: 'above', matchType: 'at_least_once', channels: ['ops-hook'], ...over };
}

export function promqlQueries(...queries: readonly unknown[]): Plain {
  return { queryType: 'promql', queries: queries.length > 0 ? queries : [promqlQuery()] };
}

export function promqlQuery(over: Plain = {}): Plain {
  return { type: 'promql', spec: { name: 'A', query: 'up', ...over } };
}

/** A long rule of builder queries. */
export function builderRule(queries: readonly unknown[], over: Plain = {}): Plain {
  return longRule({ condition: longCondition({ compositeQuery: { queryType: 'builder', queries } }), ...over });
}

export function builderQuery(over: Plain = {}): Plain {
  return { type: 'builder_query', spec: { name: 'A', signal: 'logs', aggregations: [{ expression: 'count()' }], ...over } };
}

/** The smallest rule in SigNoz' older schema, which has one threshold and no evaluation. */
export function v1Rule(over: Plain = {}, condition: Plain = {}): Plain {
  return {
    schemaVersion: 'v1',
    alertType: 'METRIC_BASED_ALERT',
    preferredChannels: ['ops-hook'],
    condition: { compositeQuery: promqlQueries(), op: 'above', matchType: 'at_least_once', target: 1, ...condition },
    ...over,
  };
}
