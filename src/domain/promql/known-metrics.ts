import type { PromqlReading, PromqlSelector } from '../ports/promql-syntax.ts';
import type { Note } from './note.ts';

/** Names that people bring and SigNoz never writes, with what stands for them (https://signoz.io/docs/traces-management/guides/apm-metrics). */
export const STANDS_FOR: Readonly<Record<string, string>> = {
  signoz_spans_total: 'signoz_calls_total',
  signoz_spans_duration_bucket: 'signoz_latency_bucket, whose le is in milliseconds: write 2000 for 2 seconds',
  signoz_spans_duration_sum: 'signoz_latency_sum, in milliseconds',
  signoz_spans_duration_count: 'signoz_latency_count',
};

/** The collector's own counters, with what Prometheus puts behind and the collector does not, unless its telemetry was set up by hand. */
const COLLECTOR = /^(otelcol_(?:exporter|receiver|processor|scraper|loadbalancer)_\w+?)_total$/;

const OF_PROMETHEUS: ReadonlyMap<string, string> = new Map(
  ['ALERTS', 'ALERTS_FOR_STATE'].map(metric => [metric, `${metric} is what Prometheus writes of its own alerts, and SigNoz of none`]),
);

const HTTP_STATUS = /^[1-5](?:\d\d|[.x]{1,2}|\.\*|\.\+|\\d|\[)/;

/** What SigNoz will never find of a query: one note for each name, told once. */
export function metricWarnings({ selectors }: PromqlReading): readonly Note[] {
  const messages = selectors.flatMap(selector => [metricMessage(selector), statusMessage(selector)]);
  const told = new Map<string, Note>();
  for (const note of messages) if (note) told.set(note.message, note);
  return [...told.values()];
}

function metricMessage({ metric = '' }: PromqlSelector): Note | undefined {
  const instead = Object.hasOwn(STANDS_FOR, metric) ? STANDS_FOR[metric] : undefined;
  if (instead !== undefined) return { code: 'UnknownMetric', field: 'expr', message: `SigNoz never writes ${metric}: use ${instead}` };
  const ofPrometheus = metric.includes(':') ? recorded(metric) : OF_PROMETHEUS.get(metric);
  if (ofPrometheus !== undefined) return { code: 'UnknownMetric', field: 'expr', message: ofPrometheus };
  const counter = COLLECTOR.exec(metric)?.[1];
  if (counter === undefined) return undefined;
  const message = `collectors write ${counter}, and ${metric} only where their telemetry is set up to: use the one that your SigNoz has`;
  return { code: 'UnknownMetric', field: 'expr', message };
}

/** Prometheus' own naming keeps the colon for what recording rules make. */
function recorded(metric: string): string {
  return `${metric} is named as what a recording rule makes, and SigNoz records nothing: write its expression instead, unless something else sends it`;
}

/** On the metrics that SigNoz makes of spans, `status_code` is that of the span. */
function statusMessage({ metric = '', matchers }: PromqlSelector): Note | undefined {
  if (!/^signoz_(?:spans|calls|latency|db_latency|external_call_latency)/.test(metric)) return undefined;
  const http = matchers.find(({ label, value }) => label === 'status_code' && HTTP_STATUS.test(value));
  if (!http) return undefined;
  const { operator, value } = http;
  const message = `status_code of a span is STATUS_CODE_UNSET, STATUS_CODE_OK or STATUS_CODE_ERROR: for ${operator}"${value}" write http_status_code${operator}"${value}"`;
  return { code: 'UnknownLabel', field: 'expr', message };
}
