import { describe, expect, it } from 'vitest';
import { promqlSyntax } from '../../adapters/promql/promql-syntax.ts';
import { isRemark } from './note.ts';
import { expandedShortForm, type ShortForm } from './short-form.ts';

const syntax = await promqlSyntax();

function expanded(promql: Partial<ShortForm['promql']>, more: Omit<ShortForm, 'promql'> = {}) {
  const expansion = expandedShortForm({ promql: { expr: 'up > 1', ...promql }, ...more }, syntax);
  if (!expansion.ok) throw new Error(expansion.refusals.map(({ message }) => message).join('; '));
  const { condition, evaluation } = expansion.long;
  const [threshold] = condition.thresholds.spec;
  return { ...expansion, query: condition.compositeQuery.queries[0].spec.query, threshold, condition, times: evaluation.spec };
}
const codes = (promql: Partial<ShortForm['promql']>, more: Omit<ShortForm, 'promql'> = {}) =>
  expanded(promql, more)
    .notes.filter(note => !isRemark(note))
    .map(({ code, field }) => `${code} ${field}`);
function refusals(promql: Partial<ShortForm['promql']>, more: Omit<ShortForm, 'promql'> = {}) {
  const expansion = expandedShortForm({ promql: { expr: 'up > 1', ...promql }, ...more }, syntax);
  return expansion.ok ? [] : expansion.refusals;
}

const anySample = (hold: Partial<ShortForm['promql']>): string | undefined =>
  expanded({ expr: 'a > b and c', ...hold }).notes.find(({ code }) => code === 'AnySample')?.message;

describe('the short form', () => {
  it('is written out whole', () => {
    const form: ShortForm = {
      promql: {
        expr: 'a / b > 0.05',
        for: '5m',
        severity: 'critical',
        channels: ['ops'],
        absentFor: '1h',
        unit: 'percentunit',
        frequency: '30s',
      },
      labels: { team: 'shop' },
      annotations: { summary: 'at {{ $value }}' },
      notificationSettings: { groupBy: ['pod'] },
    };
    expect(expandedShortForm(form, syntax)).toMatchObject({
      ok: true,
      long: {
        alertType: 'METRIC_BASED_ALERT',
        ruleType: 'promql_rule',
        condition: {
          compositeQuery: {
            queryType: 'promql',
            panelType: 'graph',
            unit: 'percentunit',
            queries: [{ type: 'promql', spec: { name: 'A', query: 'a / b' } }],
          },
          selectedQueryName: 'A',
          thresholds: {
            kind: 'basic',
            spec: [{ name: 'critical', op: 'above', target: 0.05, matchType: 'all_the_times', channels: ['ops'] }],
          },
          alertOnAbsent: true,
          absentFor: 60,
        },
        evaluation: { kind: 'rolling', spec: { evalWindow: '5m', frequency: '30s' } },
        notificationSettings: { groupBy: ['pod'] },
        labels: { severity: 'critical', team: 'shop' },
        annotations: { summary: 'at {{$value}}' },
      },
    });
  });

  it.each([
    ['up > 1', 'up', 'above', 1],
    ['up < 1', 'up', 'below', 1],
    ['up >= 1', 'up', 'above_or_equal', 1],
    ['up <= 1', 'up', 'below_or_equal', 1],
    ['up == 1', 'up', 'equal', 1],
    ['up != 1', 'up', 'not_equal', 1],
    ['0.05 < a / b', 'a / b', 'above', 0.05],
    ['1e3 >= up', 'up', 'below_or_equal', 1000],
    ['up > -5', 'up', 'above', -5],
    ['up > -0', 'up', 'above', 0],
    ['(a and b) > 2', 'a and b', 'above', 2],
    ['time() - max(x) > 900', 'time() - max(x)', 'above', 900],
    ['vector(1)', 'vector(1)', 'outside_bounds', 0],
    ['up == on (x) y', 'up == on (x) y', 'outside_bounds', 0],
    ['a > 1 and b < 2', 'a > 1 and b < 2', 'outside_bounds', 0],
    ['a > 1 or b > 1', 'a > 1 or b > 1', 'outside_bounds', 0],
    ['a unless b > 1', 'a unless b > 1', 'outside_bounds', 0],
    ['up > bool 1', 'up > bool 1', 'outside_bounds', 0],
    ['sum(up > 1)', 'sum(up > 1)', 'outside_bounds', 0],
    ['absent(up)', 'absent(up)', 'outside_bounds', 0],
  ])('parts query and threshold of %s', (expr, query, op, target) => {
    const { query: asked, threshold } = expanded({ expr });
    expect({ query: asked, op: threshold.op, target: threshold.target }).toEqual({ query, op, target });
  });

  it.each([
    [{ for: '5m' }, 'all_the_times', '5m', '1m'],
    [{ for: '5m', frequency: '2m' }, 'all_the_times', '5m', '2m'],
    [{}, 'at_least_once', '1m', '1m'],
    [{ frequency: '2m' }, 'at_least_once', '2m', '2m'],
    [{ for: '0s' }, 'at_least_once', '1m', '1m'],
  ])('holds by a window: %o', (promql, matchType, evalWindow, frequency) => {
    const { threshold, times } = expanded(promql);
    expect([threshold.matchType, times]).toEqual([matchType, { evalWindow, frequency }]);
  });

  it.each([{ for: '5m' }, {}])('says that a window is evaluated two minutes late: %o', promql => {
    const remarks = expanded(promql).notes.filter(isRemark);
    expect(remarks.map(({ field }) => field)).toEqual(['for']);
    expect(remarks[0]?.message).toContain('2 minutes late');
  });

  it('says that for holds nothing back where every sample fires', () => {
    expect(anySample({ for: '15m' })).toContain('for does not hold it back');
    expect(anySample({})).not.toContain('hold it back');
  });

  it('asks for no absence, channel or unit unless told', () => {
    const { condition, threshold, long } = expanded({});
    expect(Object.keys(condition).toSorted()).toEqual(['compositeQuery', 'selectedQueryName', 'thresholds']);
    expect(Object.keys(condition.compositeQuery)).not.toContain('unit');
    expect(threshold).not.toHaveProperty('channels');
    expect(long).toMatchObject({ notificationSettings: {}, labels: { severity: 'warning' }, annotations: {} });
  });

  it('leaves a severity that is a label of its own', () => {
    const { threshold, long } = expanded({ severity: 'critical' }, { labels: { severity: 'page' } });
    expect([threshold.name, long.labels]).toEqual(['critical', { severity: 'page' }]);
  });

  it.each([
    ['no comparison', { expr: 'a and b' }, {}, ['AnySample expr']],
    ['absence of a selector', { expr: 'absent(up{job="x"})' }, {}, ['AnySample expr', 'AbsentOffered expr']],
    ['absence that is asked for', { expr: 'absent(up)', absentFor: '5m' }, {}, ['AnySample expr']],
    ['absence of an expression', { expr: 'absent(sum(up))' }, {}, ['AnySample expr']],
    ['nothing left', { expr: 'up == 0' }, {}, ['SilentWithoutSeries expr']],
    ['nothing left, with absence', { expr: 'up == 0', absentFor: '5m' }, {}, []],
    ['a window below a minute', { for: '30s' }, {}, ['ShortWindow for']],
    [
      'a function on the value',
      {},
      { annotations: { a: '{{ $value | humanizePercentage }}' } },
      ['FunctionDropped annotations.a', 'UnitSet unit'],
    ],
    [
      'the unit that was given',
      { unit: 's' },
      { annotations: { a: '{{ $value | humanizeDuration }}' } },
      ['FunctionDropped annotations.a'],
    ],
    [
      'another unit than the given',
      { unit: 'percent' },
      { annotations: { a: '{{ $value | humanizePercentage }}' } },
      ['FunctionDropped annotations.a', 'UnitConflict unit'],
    ],
    [
      'two units',
      {},
      { annotations: { a: '{{ $value | humanizePercentage }}', b: '{{ $value | humanizeDuration }}' } },
      ['FunctionDropped annotations.a', 'FunctionDropped annotations.b', 'UnitConflict unit'],
    ],
    ['a name that SigNoz never writes', { expr: 'rate(signoz_spans_total[5m]) > 1' }, {}, ['UnknownMetric expr']],
    ['a function on the value, in a label', {}, { labels: { a: '{{ humanize $value }}' } }, ['FunctionDropped labels.a']],
    ['nothing to say', {}, { annotations: { a: '{{ $labels.pod }} at {{ $value }}' } }, []],
  ])('notes %s', (_, promql, more, expected) => {
    expect(codes(promql, more)).toEqual(expected);
  });

  it('sets the unit that the texts ask for, unless one is given', () => {
    const annotations = { a: '{{ $value | humanizePercentage }}' };
    expect(expanded({}, { annotations }).condition.compositeQuery.unit).toBe('percentunit');
    expect(expanded({ unit: 'percent' }, { annotations }).condition.compositeQuery.unit).toBe('percent');
  });

  it('offers the selector whose absence is meant', () => {
    const { notes } = expanded({ expr: 'absent(up{job="x"})', for: '15m' });
    const offered = notes.find(({ code }) => code === 'AbsentOffered')?.message;
    expect(offered).toContain('up{job="x"}');
    expect(offered).toContain('absentFor: 15m');
  });

  it.each([
    ['infinity', { expr: 'up > Inf' }, {}, 'InvalidTarget', 'expr'],
    ['no number', { expr: 'up != NaN' }, {}, 'InvalidTarget', 'expr'],
    ['seconds of absence', { absentFor: '90s' }, {}, 'InvalidDuration', 'absentFor'],
    ['no time of absence', { absentFor: '0s' }, {}, 'InvalidDuration', 'absentFor'],
    ['a function that SigNoz lacks', {}, { annotations: { a: '{{ query "up" }}' } }, 'UnknownFunction', 'annotations.a'],
    ['a function in a label', {}, { labels: { a: '{{ now }}' } }, 'UnknownFunction', 'labels.a'],
    ['the name of a label', {}, { labels: { 'a-b': 'x' } }, 'InvalidName', 'labels.a-b'],
    ['the name of an annotation', {}, { annotations: { 'a/b': 'x' } }, 'InvalidName', 'annotations.a/b'],
  ])('refuses %s', (_, promql, more, code, field) => {
    expect(refusals(promql, more)).toMatchObject([{ code, field }]);
    expect(refusals(promql, more)[0]?.message).toContain(field);
  });

  it('refuses a query that Prometheus would not take, with the place', () => {
    const [refusal] = refusals({ expr: 'sum(rate(' });
    expect(refusal).toMatchObject({ code: 'InvalidQuery', field: 'expr' });
    expect(refusal?.problem?.from).toBeLessThanOrEqual('sum(rate('.length);
    expect(refusal?.message).toBe(refusal?.problem?.message);
  });

  it('refuses all that is wrong at once', () => {
    const found = refusals({ expr: 'sum(', absentFor: '1s' }, { annotations: { a: '{{ now }}', b: '{{' } });
    expect(found.map(({ field }) => field)).toEqual(['expr', 'absentFor', 'annotations.a', 'annotations.b']);
  });
});
