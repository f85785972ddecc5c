import { type Fields, fieldsOf } from './signoz-go.ts';
import { formulaFault } from './signoz-formula.ts';
import type { RuleQuery } from './signoz-query.ts';

const SPACES = ['sum', 'avg', 'min', 'max', 'count', 'p50', 'p75', 'p90', 'p95', 'p99'];
const FUNCTIONS = (
  'cutoffmin cutoffmax clampmin clampmax absolute runningdiff log2 log10 cumulativesum ewma3 ewma5 ewma7 median3 median5 median7 ' +
  'timeshift anomaly fillzero'
).split(' ');
const MOST_ROWS = 10_000;

const CALLED: Readonly<Record<string, string>> = {
  promql: 'PromQL query',
  clickhouse_sql: 'ClickHouse query',
  builder_formula: 'formula',
  builder_trace_operator: 'trace operator',
};

/** What is wrong with the queries of a rule (contracts/signoz.md, section 2.9): SigNoz stops at the first of it. */
export function queryFault(queries: readonly RuleQuery[]): string | undefined {
  const seen = new Set<string>();
  for (const [n, query] of queries.entries()) {
    const [fault] = faultsOf(query);
    const { type, name } = query;
    const which = name === '' ? ` at position ${n + 1}` : ` '${name}'`;
    if (fault !== undefined) return `invalid ${CALLED[type] ?? 'query'}${which}: ${fault}`;
    if (name !== '' && seen.has(name)) return `duplicate query name '${name}'`;
    seen.add(name);
  }
  return undefined;
}

function faultsOf(query: RuleQuery): readonly string[] {
  const { type, name, spec } = query;
  switch (type) {
    case 'promql':
      return spec['query'] === '' ? ['PromQL query is required'] : [];
    case 'clickhouse_sql':
      return spec['query'] === '' ? ['ClickHouse SQL query is required'] : [];
    case 'builder_formula':
      return formulaFault(name, String(spec['expression']));
    case 'builder_trace_operator':
      return (spec['expression'] ?? '') === '' ? ['trace operator expression is required'] : [];
    default:
      return builderFaults(query);
  }
}

/** In the order in which SigNoz looks. */
function builderFaults({ name, signal, spec }: RuleQuery): readonly string[] {
  const fields = fieldsOf(spec, 'spec');
  const aggregations = (fields.list('aggregations') ?? []).map(item => fieldsOf(item, 'aggregation'));
  if (aggregations.length === 0) return ['at least one aggregation is required'];
  const within = name === '' ? '' : ` in query '${name}'`;
  const keys = namesIn(fields, 'groupBy');
  return [
    ...aggregationFaults(aggregations, { signal, within }),
    ...keys.flatMap((key, n) => (key === '' ? [`invalid empty key name for group by at index ${n}`] : [])),
    ...(keys.includes('timestamp') ? ['group by on timestamp is not allowed'] : []),
    ...limitFaults(fields),
    ...namesIn(fields, 'functions').flatMap((fn, n) =>
      FUNCTIONS.includes(fn) ? [] : [`invalid function #${n + 1}${within}: invalid function name: ${fn}`],
    ),
    ...orderFaults(fields, { within, known: orderKeys(aggregations, { keys, signal }) }),
  ];
}

function namesIn(fields: Fields, list: string): readonly string[] {
  return (fields.list(list) ?? []).map(item => fieldsOf(item, list).text('name'));
}

function aggregationFaults(all: readonly Fields[], { signal, within }: { signal: string; within: string }): readonly string[] {
  const aliases = all.map(one => one.text('alias'));
  return all.flatMap((one, n) => {
    const at = `aggregation #${n + 1}${within}`;
    if (signal === 'metrics') return metricFaults(one, at);
    const [expression, alias] = [one.text('expression'), one.text('alias')];
    return [
      ...(expression === '' ? [`expression is required for ${signal.slice(0, -1)} ${at}`] : []),
      ...(alias !== '' && aliases.indexOf(alias) !== n ? [`duplicate aggregation alias: ${alias}`] : []),
      ...(expression.toLowerCase().includes(' as ') ? ['aliasing is not allowed in expression. Use `alias` field instead'] : []),
    ];
  });
}

function metricFaults(one: Fields, at: string): readonly string[] {
  const oneOf = SPACES.map(space => `\`${space}\``).join(', ');
  return [
    ...(one.text('metricName') === '' ? [`metric name is required for ${at}`] : []),
    ...(SPACES.includes(one.text('spaceAggregation')) ? [] : [`invalid space aggregation, should be one of the following: [${oneOf}]`]),
  ];
}

function limitFaults(fields: Fields): readonly string[] {
  const [limit, offset] = [fields.number('limit') ?? 0, fields.number('offset') ?? 0];
  return [
    ...(limit < 0 ? [`limit must be non-negative, got ${limit}`] : []),
    ...(limit > MOST_ROWS ? [`limit exceeds maximum allowed value of ${MOST_ROWS}`] : []),
    ...(offset < 0 ? [`offset must be non-negative, got ${offset}`] : []),
  ];
}

/** Only what the query has can be ordered by: its keys, its aggregations, and their numbers. */
function orderKeys(all: readonly Fields[], { keys, signal }: { keys: readonly string[]; signal: string }): ReadonlySet<string> {
  const of = all.flatMap((one, n) => {
    if (signal !== 'metrics') return [String(n), one.text('alias'), one.text('expression')];
    const [metric, time, space] = [one.text('metricName'), one.text('timeAggregation'), one.text('spaceAggregation')];
    return [String(n), '__result', `${space}(${metric})`, ...(time === '' ? [] : [`${time}(${metric})`, `${space}(${time}(${metric}))`])];
  });
  return new Set([...keys, ...of.filter(key => key !== '')]);
}

function orderFaults(fields: Fields, { within, known }: { within: string; known: ReadonlySet<string> }): readonly string[] {
  const orders = (fields.list('order') ?? []).map((item, n) => {
    const order = fieldsOf(item, 'order');
    const key = fieldsOf(order.raw('key'), 'key');
    const at = `order by clause #${n + 1}${within}`;
    return { direction: order.text('direction'), name: key.text('name'), context: key.text('fieldContext'), at };
  });
  return [
    ...orders.flatMap(({ direction, at }) => (/^(?:asc|desc)$/.test(direction) ? [] : [`invalid direction for ${at}: ${direction}`])),
    ...orders.flatMap(({ name, context, at }) =>
      known.has(name) || known.has(`${context}.${name}`) ? [] : [`invalid order by key '${name}' for ${at}`],
    ),
  ];
}
