import { type ParsedAlert, readAlert, statusNamed } from '../../domain/alerts/read-alert.ts';
import { unquoteReceiver } from '../../domain/drills/receiver.ts';
import { isRecord, parsedJson } from '../../domain/text/json.ts';

export interface AlertsOfBody {
  readonly is: 'alerts';
  readonly alerts: readonly ParsedAlert[];
  /** As configured, not as Alertmanager quotes it. */
  readonly receiver?: string;
  /** There were more than the sender's max_alerts: what is not here may fire all the same. */
  readonly isTruncated: boolean;
}

export type ParsedBody =
  | AlertsOfBody
  | { readonly is: 'no-alert'; readonly reason: string }
  | { readonly is: 'too-much'; readonly reason: string };

/** All alerts of a body are answered before its sender gives up: more of them would be sent again for ever. */
const MOST_ALERTS = 20_000;

const NEITHER =
  'the body is neither an Alertmanager webhook (an object with a list "alerts") nor one alert with "alertname" or "labels"; ' +
  'a receiver with a payload of its own (webhook_configs[].payload) must leave it out';

/** One, since to make it takes longer than to use it. Bytes that are no UTF-8 become U+FFFD, and a byte order mark is left out. */
const UTF8 = new TextDecoder();

/** Reads what Alertmanager, SigNoz or a simpler sender posted. Never throws. */
export function parseAlertBody(raw: Uint8Array, now: Date): ParsedBody {
  const body = jsonOf(raw);
  return body === undefined ? noJson(raw) : readAlertBody(body, now);
}

/** The value of the bytes as JSON; undefined where they are none. */
export function jsonOf(raw: Uint8Array): unknown {
  return parsedJson(UTF8.decode(raw));
}

export function noJson(raw: Uint8Array): { is: 'no-alert'; reason: string } {
  return { is: 'no-alert', reason: raw.length === 0 ? 'the body is empty' : 'the body is not JSON' };
}

/** The same of a body that is read already. */
export function readAlertBody(body: unknown, now: Date): ParsedBody {
  if (!isRecord(body)) return { is: 'no-alert', reason: NEITHER };
  const { alerts } = body;
  // A list of alerts is one whatever stands beside it: taken for anything else, its alerts would be lost.
  return Array.isArray(alerts) ? severalAlerts(alerts, body, now) : oneAlert(body, now);
}

function severalAlerts(alerts: readonly unknown[], body: Readonly<Record<string, unknown>>, now: Date): ParsedBody {
  if (alerts.length > MOST_ALERTS) {
    return { is: 'too-much', reason: `the body holds ${alerts.length} alerts, which is too much at once; set max_alerts on the receiver` };
  }
  const { receiver, truncatedAlerts } = body;
  const status = typeof body['status'] === 'string' ? statusNamed(body['status']) : undefined;
  const parsed = alerts.map((alert, n) => readAlert(alert, { at: `alerts[${n}]`, status, now }));
  const [first] = parsed;
  if (first?.is === 'bad' && parsed.every(({ is }) => is === 'bad')) return { is: 'no-alert', reason: first.error };
  return {
    is: 'alerts',
    alerts: parsed,
    isTruncated: isPositive(truncatedAlerts),
    ...(typeof receiver === 'string' && { receiver: unquoteReceiver(receiver) }),
  };
}

/** A number, or one as a text; of anything else a conversion may throw. */
function isPositive(given: unknown): boolean {
  return (typeof given === 'number' || typeof given === 'string') && Number(given) > 0;
}

/** One alert by itself, its name beside its labels. */
function oneAlert(body: Readonly<Record<string, unknown>>, now: Date): ParsedBody {
  const name = nameOf(body['alertname']);
  const labels = isRecord(body['labels']) ? body['labels'] : undefined;
  if (name === undefined && !labels) return { is: 'no-alert', reason: NEITHER };
  const alert = { ...body, labels: { ...(name !== undefined && { alertname: name }), ...labels } };
  const parsed = readAlert(alert, { at: 'the alert', now });
  return parsed.is === 'bad' ? { is: 'no-alert', reason: parsed.error } : { is: 'alerts', alerts: [parsed], isTruncated: false };
}

function nameOf(given: unknown): string | undefined {
  return (typeof given === 'string' && given !== '') || typeof given === 'number' ? String(given) : undefined;
}
