import { type Fields, fieldsOf, type Json, nanoseconds, unreadable } from './signoz-go.ts';
import { builderShape, CLICKHOUSE, checkShape, ENVELOPE, FORMULA, PROMQL, type Shape, TRACE_OPERATOR } from './signoz-shape.ts';

/** One query of a rule: strictly read, and shown as SigNoz shows it. */
export interface RuleQuery {
  readonly type: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly signal: string;
  readonly spec: Json;
}

const OF_BUILDER = 'query spec for *querybuildertypesv5.QueryBuilderQuery';

/** What a spec of each type may hold (contracts/signoz.md, section 2.7), and what an error calls it. */
const SPECS: Readonly<Record<string, { readonly called: string; readonly shape: Shape }>> = {
  builder_query: { called: OF_BUILDER, shape: builderShape('logs') },
  builder_ai_query: { called: OF_BUILDER, shape: builderShape('traces') },
  builder_formula: { called: 'formula spec', shape: FORMULA },
  builder_trace_operator: { called: 'trace operator spec', shape: TRACE_OPERATOR },
  promql: { called: 'PromQL spec', shape: PROMQL },
  clickhouse_sql: { called: 'ClickHouse SQL spec', shape: CLICKHOUSE },
};
const METRICS = builderShape('metrics');
const SIGNALS = new Set(['metrics', 'logs', 'traces']);

export function readQuery(value: unknown): RuleQuery {
  const envelope = fieldsOf(value, 'QueryEnvelope');
  checkShape(value, ENVELOPE, 'query envelope');
  const type = envelope.word('type');
  const rules = SPECS[type];
  if (!rules) throw unreadable(`unknown query type "${envelope.text('type')}"`);
  const spec = envelope.raw('spec') ?? {};
  const fields = fieldsOf(spec, 'spec');
  // The signal says which struct the rest is decoded into.
  const signal = type === 'builder_query' ? signalOf(fields) : 'traces';
  checkShape(spec, signal === 'metrics' ? METRICS : rules.shape, rules.called);
  const base = { name: fields.text('name'), disabled: fields.flag('disabled') };
  return { type, ...base, signal, spec: { ...shown(type, fields, signal), ...base, legend: fields.text('legend') } };
}

function signalOf(fields: Fields): string {
  const signal = fields.word('signal');
  if (!SIGNALS.has(signal)) throw unreadable(`invalid signal "${fields.text('signal')}"`);
  return signal;
}

function shown(type: string, fields: Fields, signal: string): Json {
  switch (type) {
    case 'promql':
      return { query: fields.text('query'), step: seconds(fields, 'step'), stats: fields.flag('stats') };
    case 'clickhouse_sql':
      return { query: fields.text('query') };
    case 'builder_formula':
      return { expression: fields.text('expression'), ...kept(fields, ['limit', 'having']), ...sorted(fields), ...functions(fields) };
    default:
      return builder(fields, signal);
  }
}

function builder(fields: Fields, signal: string): Json {
  const stepInterval = seconds(fields, 'stepInterval');
  const lists = { aggregations: fields.list('aggregations')?.map(item => aggregation(item, signal)), groupBy: keys(fields, 'groupBy') };
  return {
    signal,
    source: fields.word('source'),
    ...(stepInterval !== 0 && { stepInterval }),
    ...kept(fields, ['filter', 'having', 'limit', 'limitBy', 'offset', 'cursor', 'secondaryAggregations', 'expression', 'returnSpansFrom']),
    ...present({ ...lists, selectFields: keys(fields, 'selectFields') }),
    ...sorted(fields),
    ...functions(fields),
  };
}

function aggregation(value: unknown, signal: string): Json {
  const fields = fieldsOf(value, 'aggregation');
  const alias = fields.text('alias');
  if (signal !== 'metrics') return { expression: fields.text('expression'), ...(alias !== '' && { alias }) };
  const words = ['temporality', 'timeAggregation', 'spaceAggregation'].map(name => [name, fields.word(name)]);
  const reduceTo = fields.word('reduceTo');
  return { metricName: fields.text('metricName'), ...Object.fromEntries(words), ...(reduceTo !== '' && { reduceTo }) };
}

function keys(fields: Fields, name: string): readonly Json[] | undefined {
  return fields.list(name)?.map(fieldKey);
}

function sorted(fields: Fields): Json {
  const order = fields.list('order')?.map(item => {
    const by = fieldsOf(item, 'order');
    return { key: fieldKey(by.raw('key')), direction: by.word('direction') };
  });
  return present({ order });
}

function functions(fields: Fields): Json {
  const called = fields.list('functions')?.map(item => {
    const fn = fieldsOf(item, 'function');
    return { ...present({ args: fn.list('args') }), name: fn.word('name') };
  });
  return present({ functions: called });
}

/** A number of seconds, from one or from a Go duration. */
function seconds(fields: Fields, name: string): number {
  const given = fields.raw(name) ?? 0;
  return typeof given === 'string' ? nanoseconds(given) / 1e9 : (fields.number(name) ?? 0);
}

function kept(fields: Fields, names: readonly string[]): Json {
  return present(Object.fromEntries(names.map(name => [name, fields.raw(name)])));
}

export function present(values: Json): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

const CONTEXTS: Readonly<Record<string, string>> = {
  tag: 'attribute',
  point: 'attribute',
  spanfield: 'span',
  logfield: 'log',
  tracefield: 'trace',
};
const OWN_CONTEXTS = new Set(['metric', 'log', 'span', 'trace', 'resource', 'scope', 'attribute', 'event', 'body']);
const OWN_TYPES = new Set(['string', 'bool', 'int64', 'number', '[]string', '[]int64', '[]bool', '[]number']);

/** `resource.service.name:string` is a name, a context and a type in one. */
function fieldKey(value: unknown): Json {
  const fields = fieldsOf(value, 'TelemetryFieldKey');
  const [, text = '', typeInName = ''] = /^(.*?)(?::([^:]*))?$/s.exec(fields.text('name')) ?? [];
  const [, prefix = '', rest = ''] = /^([^.]+)\.(.+)$/s.exec(text) ?? [];
  const contextInName = context(prefix);
  return {
    name: contextInName === '' ? text : rest,
    signal: fields.word('signal'),
    fieldContext: context(fields.word('fieldContext')) || contextInName,
    fieldDataType: dataType(fields.word('fieldDataType')) || dataType(typeInName.toLowerCase()),
  };
}

function context(word: string): string {
  return CONTEXTS[word] ?? (OWN_CONTEXTS.has(word) ? word : '');
}

function dataType(word: string): string {
  if (OWN_TYPES.has(word)) return word;
  if (word === 'str') return 'string';
  return /^(?:u?int\d*|float\d*|double|decimal)$/.test(word) ? 'number' : '';
}
