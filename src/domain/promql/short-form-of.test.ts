import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { postableRule, ruleCondition, ruleThresholds } from '../../../test/builders/signoz-rule.ts';
import { promqlSyntax } from '../../adapters/promql/promql-syntax.ts';
import { readRule } from '../../../test/servers/signoz-rule.ts';
import { shownRule } from '../../../test/servers/signoz-rule-form.ts';
import { type Duration, durationMs } from '../../crds/duration.ts';
import { expandedShortForm, type ShortForm } from './short-form.ts';
import { shortFormOf } from './short-form-of.ts';

const syntax = await promqlSyntax();

const durations = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.constantFrom('m', 'h')).map(([count, unit]): Duration => `${count}${unit}`);
const names = fc.stringMatching(/^[a-z_][a-z0-9_.]{0,8}$/);
const texts = fc.oneof(
  fc.string().filter(text => !text.includes('{{')),
  fc.constantFrom(
    'at {{$value}}',
    '{{ .Labels.pod }} is over {{$threshold}}',
    '{{ if $labels.a }}x{{ end }}',
    '{{ .Value }}',
    '{{/* no */}}',
  ),
);
const expressions = fc.oneof(
  fc.constantFrom('vector(1)', 'absent(up)', 'a and b', 'up > bool 1', 'sum by (x) (rate(y{z=~"5.."}[5m])) unless w'),
  fc
    .tuple(
      fc.constantFrom('up', 'a / b', 'sum by (x) (rate(y[5m]))', 'time() - max(z)'),
      fc.constantFrom('>', '<', '>=', '<=', '==', '!='),
      fc.double({ noDefaultInfinity: true, noNaN: true }).map(number => number + 0),
    )
    .map(([query, sign, number]) => `${query} ${sign} ${number}`),
  fc.constantFrom('(a and b) > 2', '(a or vector(0)) == 0'),
);

const forms: fc.Arbitrary<ShortForm> = fc.record(
  {
    promql: fc.record(
      {
        expr: expressions,
        severity: fc.constantFrom('critical', 'warning', 'none', 'Page me'),
        for: durations,
        channels: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
        absentFor: durations,
        unit: fc.constantFrom('percentunit', 'ms', 'bytes'),
        frequency: durations.filter(time => durationMs(time) !== 60_000),
      },
      { requiredKeys: ['expr', 'severity'] },
    ),
    labels: fc.dictionary(
      names.filter(name => name !== 'severity'),
      texts,
      { minKeys: 1, maxKeys: 3, noNullPrototype: true },
    ),
    annotations: fc.dictionary(names, texts, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    notificationSettings: fc.constantFrom(
      { usePolicy: true },
      { groupBy: ['pod'] },
      { groupBy: ['pod'], newGroupEvalDelay: '2m' },
      { renotify: { enabled: true, interval: '4h', alertStates: ['firing' as const, 'nodata' as const] } },
    ),
  },
  { requiredKeys: ['promql'] },
);

/** Hours and minutes are one way to say it or the other. */
function said({ promql, ...shared }: ShortForm) {
  return { ...shared, promql: { ...promql, ...(promql.absentFor !== undefined && { absentFor: durationMs(promql.absentFor) }) } };
}

function longOf(form: ShortForm) {
  const expansion = expandedShortForm(form, syntax);
  if (!expansion.ok) throw new Error(expansion.refusals.map(({ message }) => message).join('; '));
  return expansion.long;
}

describe('a rule of SigNoz in its short form', () => {
  it('is the one that it was made of', () => {
    fc.assert(
      fc.property(forms, form => {
        const seen = shortFormOf({ ...longOf(form) }, syntax);
        expect(seen && said(seen)).toEqual(said(form));
        expect(seen && longOf(seen)).toEqual(longOf(form));
      }),
    );
  });

  it('is the same after SigNoz has stored and shown it', () => {
    fc.assert(
      fc.property(forms, form => {
        const shown = shownRule(readRule({ alert: 'x', version: 'v5', schemaVersion: 'v2alpha1', ...longOf(form) }));
        const seen = shortFormOf(shown, syntax);
        expect(seen && said(seen)).toEqual(said(form));
      }),
    );
  });

  it.each(['a # why\n > 5', '# why\na > 5', '(a # why\n and b) > 5', '((a)) / b > 5', '5 < a', ' a  >  5 '])(
    'says the same again, however it was written: %s',
    expr => {
      const long = longOf({ promql: { expr } });
      const seen = shortFormOf({ ...long }, syntax);
      expect(seen && longOf(seen)).toEqual(long);
    },
  );

  const Recorded = z.object({ get: z.object({ body: z.object({ data: z.record(z.string(), z.unknown()) }) }) });
  const recorded = (name: string) => {
    const file = join(import.meta.dirname, '../../../test/fixtures/signoz', `rule-${name}.json`);
    return Recorded.parse(JSON.parse(readFileSync(file, 'utf8'))).get.body.data;
  };

  it('is found of a rule that a real server showed and the short form can say', () => {
    const body = {
      ...recorded('promql-minimal'),
      labels: { severity: 'critical' },
      evaluation: { kind: 'rolling', spec: { evalWindow: '1m', frequency: '1m' } },
    };
    expect(shortFormOf(body, syntax)).toEqual({ promql: { expr: 'up > 1', severity: 'critical', channels: ['ops-hook'] } });
  });

  it.each([
    'builder-logs-count',
    'builder-metric-two-thresholds',
    'builder-traces-formula',
    'clickhouse-sql-exceptions',
    'v1-schema',
    'promql-minimal',
    'broken-promql-is-accepted',
  ])('is none for what it cannot say: %s', name => {
    expect(shortFormOf(recorded(name), syntax)).toBeUndefined();
  });

  const sayable = {
    ...postableRule({ labels: { severity: 'critical' } }),
    evaluation: { kind: 'rolling', spec: { evalWindow: '1m', frequency: '1m' } },
  };
  const withThreshold = (over: object) => ({ ...sayable, condition: ruleCondition({ thresholds: ruleThresholds([over]) }) });

  it('is there for the rule of which the next are changes', () => {
    expect(shortFormOf(sayable, syntax)).toBeDefined();
  });

  it.each([
    ['two thresholds', { ...sayable, condition: ruleCondition({ thresholds: ruleThresholds([{}, { name: 'warning', target: 0 }]) }) }],
    ['a recovery target', withThreshold({ recoveryTarget: 0.5 })],
    ['a unit of the target', withThreshold({ targetUnit: 's' })],
    ['another way to match', withThreshold({ matchType: 'on_average' })],
    ['a window that is no frequency', { ...sayable, evaluation: { kind: 'rolling', spec: { evalWindow: '5m', frequency: '1m' } } }],
    ['a minimum of points', { ...sayable, condition: ruleCondition({ requireMinPoints: true, requiredNumPoints: 3 }) }],
    [
      'a legend',
      {
        ...sayable,
        condition: ruleCondition({
          compositeQuery: {
            queryType: 'promql',
            panelType: 'graph',
            queries: [{ type: 'promql', spec: { name: 'A', query: 'up', legend: '{{pod}}' } }],
          },
        }),
      },
    ],
    ['absence at once', { ...sayable, condition: ruleCondition({ alertOnAbsent: true }) }],
    ['no severity', { ...sayable, labels: { team: 'x' } }],
    ['a text that would be translated', { ...sayable, annotations: { a: '{{ humanize $value }}' } }],
    ['no condition at all', { alert: 'x' }],
  ])('is none where it would leave out %s', (_, body) => {
    expect(shortFormOf(body, syntax)).toBeUndefined();
  });
});

it('takes two spellings of one length of time for one', () => {
  const expansion = expandedShortForm({ promql: { expr: 'up > 1', severity: 'critical', channels: ['ops'] } }, syntax);
  if (!expansion.ok) throw new Error('the form was refused');
  const evaluation = { kind: 'rolling', spec: { evalWindow: '60s', frequency: '1m0s' } };
  expect(shortFormOf({ ...expansion.long, evaluation }, syntax)).toMatchObject({ promql: { expr: 'up > 1' } });
  const longer = { kind: 'rolling', spec: { evalWindow: '61s', frequency: '1m0s' } };
  expect(shortFormOf({ ...expansion.long, evaluation: longer }, syntax)).toBeUndefined();
});
