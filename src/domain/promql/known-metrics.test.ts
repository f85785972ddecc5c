import { expect, it } from 'vitest';
import { promqlSyntax } from '../../adapters/promql/promql-syntax.ts';
import { metricWarnings } from './known-metrics.ts';

const syntax = await promqlSyntax();

function warnings(expr: string): readonly string[] {
  const read = syntax.read(expr);
  return read.ok ? metricWarnings(read.reading).map(({ code, message }) => `${code}: ${message}`) : ['invalid'];
}

it.each([
  ['rate(signoz_spans_total[5m])', ['UnknownMetric: SigNoz never writes signoz_spans_total: use signoz_calls_total']],
  ['signoz_spans_total / signoz_spans_total', ['UnknownMetric: SigNoz never writes signoz_spans_total: use signoz_calls_total']],
])('says what stands for a name: %s', (expr, expected) => {
  expect(warnings(expr)).toEqual(expected);
});

it.each([
  ['signoz_spans_duration_bucket', 'milliseconds'],
  ['instance:cpu:rate5m > 5', 'instance:cpu:rate5m is named as what a recording rule makes'],
  ['ALERTS{alertstate="firing"}', 'ALERTS is what Prometheus writes of its own alerts'],
  ['rate(otelcol_exporter_sent_spans_total[5m])', 'collectors write otelcol_exporter_sent_spans,'],
  ['signoz_spans_duration_count', 'signoz_latency_count'],
  ['signoz_calls_total{status_code=~"5.."}', 'http_status_code=~"5.."'],
  ['signoz_calls_total{status_code="500"}', 'STATUS_CODE_ERROR'],
  ['signoz_latency_bucket{status_code!~"2.*"}', 'http_status_code!~"2.*"'],
])('says it of %s', (expr, words) => {
  expect(warnings(expr).join('\n')).toContain(words);
});

it.each([
  'signoz_calls_total{status_code="STATUS_CODE_ERROR", http_status_code=~"5.."}',
  'sum(rate(signoz_latency_bucket[5m]))',
  'otelcol_exporter_sent_spans',
  'http_requests_total{status_code=~"5.."}',
  'my_otelcol_exporter_sent_spans_total',
  'constructor + toString',
])('says nothing of %s', expr => {
  expect(warnings(expr)).toEqual([]);
});
