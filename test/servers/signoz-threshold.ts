import { type Fields, fieldsOf, unreadable } from './signoz-go.ts';

export interface Threshold {
  readonly name: string;
  readonly target: number;
  readonly targetUnit: string;
  readonly recoveryTarget: number | null;
  readonly matchType: string;
  readonly op: string;
  readonly channels: readonly string[] | null;
}

/** With their aliases. */
const OPS: Readonly<Record<string, readonly string[]>> = {
  above: ['1', '>'],
  below: ['2', '<'],
  equal: ['3', 'eq', '='],
  not_equal: ['4', 'not_eq', '!='],
  above_or_equal: ['5', 'above_or_eq', '>='],
  below_or_equal: ['6', 'below_or_eq', '<='],
  outside_bounds: ['7'],
};
const MATCHES: typeof OPS = { at_least_once: ['1'], all_the_times: ['2'], on_average: ['3', 'avg'], in_total: ['4', 'sum'], last: ['5'] };

function canonical(words: typeof OPS, given: string): string | undefined {
  return Object.entries(words).find(([word, aliases]) => word === given || aliases.includes(given))?.[0];
}

/** Sentences about an op and a match type that are none (contracts/signoz.md, section 2.4). */
export function comparisonErrors(op: string, matchType: string): string[] {
  const none = (words: typeof OPS, field: string, given: string): string[] =>
    canonical(words, given) === undefined
      ? [`${field}: unsupported value "${given}"; must be one of ${Object.keys(words).join(', ')}`]
      : [];
  return [...none(OPS, 'condition.op', op), ...none(MATCHES, 'condition.matchType', matchType)];
}

export function readThresholds(value: unknown): readonly Threshold[] {
  const fields = fieldsOf(value, 'RuleThresholdData');
  if (!fields.has('kind')) throw unreadable('failed to unmarshal rule threshold kind: unexpected end of JSON input');
  if (fields.word('kind') !== 'basic') throw unreadable('unknown threshold kind');
  const errors: string[] = [];
  const thresholds = (fields.list('spec') ?? []).map(item => readThreshold(fieldsOf(item, 'BasicRuleThreshold'), errors));
  if (thresholds.length === 0) errors.push('condition.thresholds.spec: must have at least one threshold');
  if (errors.length > 0) throw unreadable(`invalid rule threshold spec: ${errors.join('\n')}`);
  return thresholds;
}

function readThreshold(fields: Fields, errors: string[]): Threshold {
  const name = fields.text('name');
  const target = fields.number('target');
  const op = fields.word('op');
  const matchType = fields.word('matchType');
  if (name === '') errors.push('threshold name cannot be empty');
  if (target === undefined) errors.push('target value cannot be nil');
  errors.push(...comparisonErrors(op, matchType));
  return {
    name,
    target: target ?? 0,
    targetUnit: fields.text('targetUnit'),
    recoveryTarget: fields.number('recoveryTarget') ?? null,
    matchType,
    op,
    channels: fields.texts('channels') ?? null,
  };
}

const FROM_THE_LOWEST = new Set(['below', 'below_or_equal']);

/** The order in which SigNoz tries them: whoever reads after a POST or PATCH sees it. */
export function sortedThresholds(thresholds: readonly Threshold[]): Threshold[] {
  return thresholds.toSorted((a, b) => (FROM_THE_LOWEST.has(canonical(OPS, a.op) ?? '') ? a.target - b.target : b.target - a.target));
}
