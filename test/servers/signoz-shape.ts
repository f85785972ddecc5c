import { isJson, unreadable } from './signoz-go.ts';

/** What a field may be. `any` is read by somebody else. */
type Kind = 'text' | 'flag' | 'whole number' | 'any' | Shape | readonly [Kind];

/** All fields that a struct has: strictly decoded, with what is inside it. */
export interface Shape {
  readonly [field: string]: Kind;
}

const KEY: Shape = { name: 'text', description: 'text', unit: 'text', signal: 'text', fieldContext: 'text', fieldDataType: 'text' };
const ORDER: Kind = [{ key: KEY, direction: 'text' }];
const EXPRESSION: Shape = { expression: 'text' };
const FUNCTIONS: Kind = [{ name: 'text', args: [{ name: 'text', value: 'any' }] }];
const LIMIT_BY: Shape = { keys: ['text'], value: 'text' };
const SECONDARY: Kind = [
  {
    stepInterval: 'any',
    expression: 'text',
    alias: 'text',
    groupBy: [KEY],
    order: ORDER,
    limit: 'whole number',
    limitBy: LIMIT_BY,
  },
];
const METRIC: Shape = { metricName: 'text', temporality: 'text', timeAggregation: 'text', spaceAggregation: 'text', reduceTo: 'text' };
const EVENTS: Shape = { expression: 'text', alias: 'text' };

/** A builder's query of one signal. */
export function builderShape(signal: string): Shape {
  return {
    name: 'text',
    signal: 'text',
    source: 'text',
    stepInterval: 'any',
    aggregations: [signal === 'metrics' ? METRIC : EVENTS],
    filter: EXPRESSION,
    groupBy: [KEY],
    having: EXPRESSION,
    order: ORDER,
    limit: 'whole number',
    limitBy: LIMIT_BY,
    functions: FUNCTIONS,
    disabled: 'flag',
    legend: 'text',
    selectFields: [KEY],
    offset: 'whole number',
    cursor: 'text',
    secondaryAggregations: SECONDARY,
  };
}

const QUERY = { name: 'text', disabled: 'flag', legend: 'text' } as const;
export const TRACE_OPERATOR: Shape = { ...builderShape('traces'), expression: 'text', returnSpansFrom: 'text' };
export const FORMULA: Shape = { ...QUERY, ...EXPRESSION, order: ORDER, limit: 'whole number', having: EXPRESSION, functions: FUNCTIONS };
export const PROMQL: Shape = { ...QUERY, query: 'text', step: 'any', stats: 'flag' };
export const CLICKHOUSE: Shape = { ...QUERY, query: 'text' };
export const ENVELOPE: Shape = { type: 'text', spec: 'any' };

/** Throws what SigNoz says of the first field that the shape does not have, or that is of another kind. Null is any zero value. */
export function checkShape(value: unknown, shape: Shape, called: string): void {
  if (!isJson(value)) throw unreadable(WRONG_KIND);
  for (const [field, given] of Object.entries(value)) {
    const kind = shape[field];
    if (kind === undefined) throw unreadable(`unknown field "${field}" in ${called}`);
    checkKind(given ?? undefined, kind, called);
  }
}

const WRONG_KIND = 'request body contains invalid field value';

function checkKind(value: unknown, kind: Kind, called: string): void {
  if (value === undefined || kind === 'any') return;
  if (typeof kind === 'string') {
    if (!isOf(kind, value)) throw unreadable(WRONG_KIND);
  } else if (isList(kind)) {
    if (!Array.isArray(value)) throw unreadable(WRONG_KIND);
    for (const item of value) checkKind(item ?? undefined, kind[0], called);
  } else checkShape(value, kind, called);
}

function isList(kind: Shape | readonly [Kind]): kind is readonly [Kind] {
  return Array.isArray(kind);
}

function isOf(kind: 'text' | 'flag' | 'whole number', value: unknown): boolean {
  if (kind === 'whole number') return Number.isSafeInteger(value);
  return typeof value === (kind === 'text' ? 'string' : 'boolean');
}
