import { describe, expect, it } from 'vitest';
import { promqlSyntax } from '../../adapters/promql/promql-syntax.ts';
import { isRemark } from './note.ts';
import { type ConversionOptions, convertedRule, type PrometheusAlert, type PrometheusGroup } from './prometheus-rule.ts';
import { convertedGroups } from './rule-file.ts';

const syntax = await promqlSyntax();

function conversionOf(
  alert: Partial<PrometheusAlert>,
  group: Partial<PrometheusGroup> = {},
  options: Partial<ConversionOptions> = { channels: ['ops'] },
) {
  return convertedRule(
    { alert: 'HighLoad', expr: 'load > 5', labels: { severity: 'critical' }, ...alert },
    { group: { name: 'node', ...group }, options: { name: 'high-load', ...options }, syntax },
  );
}
function ruleOf(...given: Parameters<typeof conversionOf>) {
  const conversion = conversionOf(...given);
  if (!conversion.ok) throw new Error(conversion.refusals.map(({ message }) => message).join('; '));
  return conversion.rule;
}
const specOf = (...given: Parameters<typeof conversionOf>) => ruleOf(...given).spec;
const notesOf = (...given: Parameters<typeof conversionOf>) =>
  conversionOf(...given)
    .notes.filter(note => !isRemark(note))
    .map(({ code, field }) => `${code} ${field}`);

describe('a Prometheus alert', () => {
  it('becomes a SignozAlertRule in the short form', () => {
    const alert = {
      for: '1d',
      labels: { severity: 'critical', team: 'shop' },
      annotations: { summary: '{{ $labels.pod }} at {{ $value | humanizePercentage }}' },
    };
    expect(ruleOf(alert, {}, { channels: ['ops'], namespace: 'monitoring', secretName: 'signoz' })).toEqual({
      apiVersion: 'awoooi.io/v1alpha1',
      kind: 'SignozAlertRule',
      metadata: { name: 'high-load', namespace: 'monitoring' },
      spec: {
        signoz: { secretRef: { name: 'signoz' } },
        name: 'HighLoad',
        promql: { expr: 'load > 5', for: '24h', severity: 'critical', channels: ['ops'], unit: 'percentunit' },
        labels: { team: 'shop' },
        annotations: { summary: '{{ .Labels.pod }} at {{$value}}' },
      },
    });
  });

  it('says no more than the rule did', () => {
    expect(ruleOf({})).toEqual({
      apiVersion: 'awoooi.io/v1alpha1',
      kind: 'SignozAlertRule',
      metadata: { name: 'high-load' },
      spec: { name: 'HighLoad', promql: { expr: 'load > 5', severity: 'critical', channels: ['ops'] } },
    });
  });

  it('is left to the route policies where no channel is named', () => {
    expect(specOf({}, {}, {})).toMatchObject({ notificationSettings: { usePolicy: true } });
    expect(specOf({}).notificationSettings).toBeUndefined();
  });

  it.each([
    ['labels of the group', {}, { labels: { team: 'shop', severity: 'info' } }, { severity: 'critical', labels: { team: 'shop' } }],
    ['the severity of the group', { labels: {} }, { labels: { severity: 'info' } }, { severity: 'info', labels: undefined }],
    ['no severity', { labels: {} }, {}, { severity: 'warning', labels: undefined }],
    [
      'a severity that is a template',
      { labels: { severity: '{{ $labels.level }}' } },
      {},
      { severity: 'warning', labels: { severity: '{{ .Labels.level }}' } },
    ],
    [
      'labels that SigNoz names otherwise',
      { labels: { severity: 'x', 'a-b': '1', 'c.d': '2' } },
      {},
      { severity: 'x', labels: { a_b: '1', 'c.d': '2' } },
    ],
    [
      'a label with a slash',
      { labels: { severity: 'x', 'app.kubernetes.io/name': '1' } },
      {},
      { severity: 'x', labels: { app_kubernetes_io_name: '1' } },
    ],
    ['a label with a digit first', { labels: { severity: 'x', '1st': '1' } }, {}, { severity: 'x', labels: { _1st: '1' } }],
  ])('has %s', (_, alert, group, { severity, labels }) => {
    const spec = specOf(alert, group);
    expect([spec.promql.severity, spec.labels]).toEqual([severity, labels]);
  });

  it.each([
    [{ for: '0' }, {}, {}],
    [{ for: '0s' }, {}, {}],
    [{ for: '30s' }, {}, { for: '1m' }],
    [{ for: '90s' }, {}, { for: '2m' }],
    [{ for: '1h30m' }, {}, { for: '1h30m' }],
    [{ for: '2w' }, {}, { for: '336h' }],
    [{}, { interval: '1m' }, {}],
    [{}, { interval: '60s' }, {}],
    [{}, { interval: '2m' }, { frequency: '2m' }],
    [{}, { interval: '15s' }, {}],
  ])('has its times as SigNoz counts them: %o, %o', (alert, group, times) => {
    const { for: hold, frequency } = specOf(alert, group).promql;
    expect({ ...(hold !== undefined && { for: hold }), ...(frequency !== undefined && { frequency }) }).toEqual(times);
  });

  it.each([
    ['nothing', { for: '5m' }, {}, []],
    [
      'what SigNoz has nothing like',
      { keep_firing_for: '5m' },
      { limit: 5, query_offset: '1m', partial_response_strategy: 'warn' },
      ['NotTranslated keep_firing_for', 'NotTranslated limit', 'NotTranslated query_offset', 'NotTranslated partial_response_strategy'],
    ],
    ['no limit', {}, { limit: 0 }, []],
    ['a shorter time than a minute', { for: '30s' }, { interval: '15s' }, ['DurationRounded for', 'DurationRounded interval']],
    ['a time of no whole minutes', { for: '90s' }, { interval: '2m' }, ['DurationRounded for']],
    ['a label', { labels: { severity: 'x', 'a-b': '1' } }, {}, ['LabelRenamed labels.a-b']],
    ['an annotation', { annotations: { 'a/b': 'x' } }, {}, ['LabelRenamed annotations.a/b']],
    ['a severity', { labels: {} }, {}, ['SeverityChosen labels.severity']],
    ['a function', { annotations: { a: '{{ humanize $value }}' } }, {}, ['FunctionDropped annotations.a']],
    [
      'a function with a unit',
      { annotations: { a: '{{ humanizePercentage $value }}' } },
      {},
      ['FunctionDropped annotations.a', 'UnitSet unit'],
    ],
    [
      'two units',
      { annotations: { a: '{{ humanizePercentage $value }}{{ humanize1024 $value }}' } },
      {},
      ['FunctionDropped annotations.a', 'FunctionDropped annotations.a', 'UnitConflict unit'],
    ],
    ['a word after a dollar', { annotations: { a: 'echo $HOME' } }, {}, ['DollarEscaped annotations.a']],
    ['a metric', { expr: 'signoz_spans_total > 1' }, {}, ['UnknownMetric expr']],
    ['a series that stops', { expr: 'up == 0' }, {}, ['SilentWithoutSeries expr']],
    ['absence', { expr: 'absent(up)' }, {}, ['AnySample expr', 'AbsentOffered expr']],
  ])('comes with a note on %s', (_, alert, group, notes) => {
    expect(notesOf(alert, group)).toEqual(notes);
  });

  it.each([
    ['a query that is none', { expr: 'sum(' }, {}, 'InvalidQuery expr'],
    ['a duration that is none', { for: 'soon' }, {}, 'InvalidDuration for'],
    ['an interval that is none', {}, { interval: '1x' }, 'InvalidDuration interval'],
    ['a function that SigNoz lacks', { annotations: { a: '{{ query "up" }}' } }, {}, 'UnknownFunction annotations.a'],
    ['two labels that become one', { labels: { 'a-b': '1', a_b: '2' } }, {}, 'LabelCollision labels.a_b'],
    ['two labels that become one, in the other order', { labels: { a_b: '2', 'a-b': '1' } }, {}, 'LabelCollision labels.a-b'],
    ['a threshold that is no number', { expr: 'up > Inf' }, {}, 'InvalidTarget expr'],
  ])('is refused for %s', (_, alert, group, told) => {
    const conversion = conversionOf(alert, group);
    expect(conversion.ok ? [] : conversion.refusals.map(({ code, field }) => `${code} ${field}`)).toEqual([told]);
  });

  it('is told all that is wrong, and what would be changed besides', () => {
    const conversion = conversionOf({ expr: 'sum(', for: 'soon', annotations: { a: '{{ now }}' }, keep_firing_for: '1m' });
    expect(conversion).toMatchObject({ ok: false, notes: [{ code: 'NotTranslated' }] });
    expect(conversion.ok ? [] : conversion.refusals.map(({ field }) => field)).toEqual(['annotations.a', 'for', 'expr']);
  });

  it('is converted the same, converted again', () => {
    const alert = { annotations: { a: 'pay $5: {{ $value | humanizePercentage }} of {{ index $labels "a-b" }}' }, for: '1d' };
    const { name, promql, labels = {}, annotations = {} } = specOf(alert);
    const again = specOf({
      alert: name,
      expr: promql.expr,
      for: promql.for ?? '',
      labels: { severity: promql.severity ?? '', ...labels },
      annotations,
    });
    expect(again.annotations).toEqual(annotations);
    expect(again.promql).toEqual({ expr: promql.expr, for: promql.for, severity: promql.severity, channels: promql.channels });
  });

  it('is found in its group, in order, with the recording rules left out by name', () => {
    const rules = [
      { record: 'a:b', expr: 'sum(a)' },
      { alert: 'X', expr: 'a > 1' },
      { alert: 'X', expr: 'b > 1' },
    ];
    const outcomes = convertedGroups([{ name: 'g', rules }], { options: { channels: ['ops'] }, syntax });
    expect(outcomes.map(({ group, name, conversion }) => [group, name, conversion.ok])).toEqual([
      ['g', 'a:b', false],
      ['g', 'X', true],
      ['g', 'X', true],
    ]);
    const [left, ...kept] = outcomes.map(({ conversion }) => conversion);
    expect(left).toMatchObject({ refusals: [{ code: 'RecordingRule', field: 'record' }] });
    expect(left?.ok === false && left.refusals[0]?.message).toContain('a:b');
    expect(new Set(kept.map(conversion => conversion.ok && conversion.rule.metadata.name)).size).toBe(2);
  });
});
