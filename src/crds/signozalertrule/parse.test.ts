import { describe, expect, it } from 'vitest';
import {
  builderQuery,
  builderRule,
  longCondition,
  longRule,
  promqlQueries,
  promqlQuery,
  shortRule,
  threshold,
} from '../../../test/builders/signoz-alert-rule.ts';
import { WRONG_RULES } from '../../../test/builders/wrong-rules.ts';
import { parseSignozAlertRule } from './parse.ts';

const rule = (spec: unknown, more: object = {}): object => ({
  apiVersion: 'awoooi.io/v1alpha1',
  kind: 'SignozAlertRule',
  metadata: { name: 'x', namespace: 'prod', uid: 'u', generation: 2, resourceVersion: '5' },
  spec,
  ...more,
});

function problems(spec: unknown): { field: string; message: string }[] {
  const parsed = parseSignozAlertRule(rule(spec));
  return parsed.ok ? [] : parsed.fields.map(({ field, message }) => ({ field, message }));
}

const told = (spec: unknown, at: string): string[] => problems(spec).flatMap(({ field, message }) => (field === at ? [message] : []));

describe('parseSignozAlertRule', () => {
  it.each(WRONG_RULES)('refuses $what where the API server does', ({ spec, field }) => {
    expect(told(spec, field)).not.toEqual([]);
  });

  it.each(WRONG_RULES.filter(({ ownWords }) => !ownWords))('says of $what what the API server says', ({ spec, field, sentence }) => {
    expect(told(spec, field).join('\n')).toContain(sentence);
  });

  it('names an unknown field of a query by its whole path', () => {
    const condition = longCondition({
      compositeQuery: promqlQueries({ ...promqlQuery({ querry: 'up' }), kind: 'x' }),
    });
    expect(problems(longRule({ condition }))).toEqual([
      {
        field: 'spec.condition.compositeQuery.queries[0].spec.querry',
        message: 'there is no such field; check its name and its indentation',
      },
      { field: 'spec.condition.compositeQuery.queries[0].kind', message: 'there is no such field; check its name and its indentation' },
    ]);
  });

  it.each([
    ['groupBy[0].datatype', { groupBy: [{ name: 'a', datatype: 'string' }] }],
    ['aggregations[0].expresion', { aggregations: [{ expression: 'count()', expresion: 'x' }] }],
    ['filter.expr', { filter: { expression: 'a = 1', expr: 'x' } }],
    ['order[0].key.id', { order: [{ key: { name: 'a', id: 'x' }, direction: 'asc' }] }],
    ['functions[0].args[0].default', { functions: [{ name: 'ewma3', args: [{ value: 3, default: 1 }] }] }],
    ['secondaryAggregations[0].name', { secondaryAggregations: [{ expression: 'sum', name: 'x' }] }],
  ])('names %s of a builder query', (path, over) => {
    expect(problems(builderRule([builderQuery(over)])).map(({ field }) => field)).toEqual([
      `spec.condition.compositeQuery.queries[0].spec.${path}`,
    ]);
  });

  it('refuses an argument of a function that is neither a number nor a text', () => {
    const functions = [{ name: 'timeshift', args: [{ value: ['1h'] }] }];
    expect(problems(builderRule([builderQuery({ functions })]))).toEqual([
      { field: 'spec.condition.compositeQuery.queries[0].spec.functions[0].args[0].value', message: 'it must be a number or a text' },
    ]);
  });

  it('fills in the defaults of the short form', () => {
    const parsed = parseSignozAlertRule(rule({ promql: { expr: 'up == 0', channels: ['ops'] } }));
    expect(parsed.ok && parsed.object.spec).toEqual({
      promql: { expr: 'up == 0', channels: ['ops'], severity: 'warning', frequency: '1m' },
      schemaVersion: 'v2alpha1',
      disabled: false,
      drift: { policy: 'Correct', ignoreFields: [] },
      deletionPolicy: 'Delete',
      finalizerTimeout: '10m',
      adoption: { policy: 'Never' },
      mode: 'Apply',
      suspend: false,
      resync: '5m',
    });
  });

  it('takes a hundred thresholds, a megabyte of text and names of every plane of Unicode', () => {
    const thresholds = Array.from({ length: 100 }, (_, n) => threshold({ name: `🔥 ${n}`, target: n }));
    const spec = longRule({
      name: '𠮷'.repeat(512),
      condition: longCondition({ thresholds }),
      description: 'd'.repeat(500_000),
      annotations: { description: 'a'.repeat(600_000) },
    });
    expect(problems(spec)).toEqual([]);
  });

  it('needs no channels where policies decide', () => {
    const notificationSettings = { usePolicy: true };
    expect(problems(shortRule({ channels: undefined }, { notificationSettings }))).toEqual([]);
    const bare = longCondition({ thresholds: [threshold({ channels: undefined })] });
    expect(problems(longRule({ condition: bare, notificationSettings }))).toEqual([]);
  });

  it('keeps of a status that another version wrote what says where the rule is', () => {
    const status = { ruleId: '0198c0de-0000-7000-8000-000000000001', plan: 'none', conditions: 'none' };
    const parsed = parseSignozAlertRule(rule(shortRule(), { status }));
    expect(parsed.ok && parsed.object.status).toEqual({ ruleId: '0198c0de-0000-7000-8000-000000000001' });
  });

  it.each([undefined, null, 'x', [], {}, { kind: 'SignozAlertRule' }])('refuses %j without throwing', object => {
    expect(parseSignozAlertRule(object).ok).toBe(false);
  });
});
