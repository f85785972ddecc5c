import type { PromqlReading, PromqlSelector } from '../ports/promql-syntax.ts';
import type { Note } from './note.ts';

/** Names that people bring and SigNoz never writes, with what stands for them (https://signoz.io/docs/traces-management/guides/apm-metrics). */
const STANDS_FOR: Readonly<Record<string, string>> = {
  signoz_spans_total: 'signoz_calls_total',
  signoz_spans_duration_bucket: 'signoz_latency_bucket, whose le is in milliseconds: write 2000 for 2 seconds',
  signoz_spans_duration_sum: 'signoz_latency_sum, in milliseconds',
  signoz_spans_duration_count: 'signoz_latency_count',
  signoz_calls: 'signoz_calls_total',
  signoz_latency: 'signoz_latency_bucket, _sum and _count, in milliseconds',
  signoz_latency_milliseconds_bucket: 'signoz_latency_bucket',
  signoz_latency_seconds_bucket: 'signoz_latency_bucket, whose le is in milliseconds: write 2000 for 2 seconds',
};

/** The collector's own counters: SigNoz keeps their names as the collector calls them, without what Prometheus puts behind. */
const COLLECTOR = /^(otelcol_(?:exporter|receiver|processor|scraper|loadbalancer)_\w+?)_total$/;

const HTTP_STATUS = /^[1-5](?:\d\d|[.x]{1,2}|\.\*|\.\+|\\d|\[)/;

/** What SigNoz will never find of a query: one note for each name, told once. */
export function metricWarnings({ selectors }: PromqlReading): readonly Note[] {
  const messages = selectors.flatMap(selector => [metricMessage(selector), statusMessage(selector)]);
  const told = new Map<string, Note>();
  for (const note of messages) if (note) told.set(note.message, note);
  return [...told.values()];
}

function metricMessage({ metric = '' }: PromqlSelector): Note | undefined {
  const instead = (Object.hasOwn(STANDS_FOR, metric) ? STANDS_FOR[metric] : undefined) ?? COLLECTOR.exec(metric)?.[1];
  if (instead === undefined) return undefined;
  return { code: 'UnknownMetric', field: 'expr', message: `SigNoz never writes ${metric}: use ${instead}` };
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
