import { instruments } from './instruments.ts';
import type { Metrics } from './registry.ts';

export const ALERT_SOURCES = ['alertmanager', 'signoz', 'sentry'] as const;
export type AlertSource = (typeof ALERT_SOURCES)[number];

export const ALERT_STATUSES = ['accepted', 'deduplicated', 'ignored', 'rejected', 'drill'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** Includes 0.1 0.5 1 2 5 10 30, and the finer steps below the one second that Sentry grants. */
const LATENCY_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

/** What the webhook server counts. The names are fixed: dashboards know them. */
export interface IntakeMetrics {
  received(source: AlertSource, status: AlertStatus, count?: number): void;
  /** Something came through a real sender: an alert, a Watchdog or a canary, not a direct drill. */
  lastReceived(at: Date): void;
  webhook(type: AlertSource, seconds: number): void;
  /** Whether whoever comes may send alerts or use the API. */
  unauthenticated(isOpen: boolean): void;
  /** Answers that a route can give: their series are there, at 0, before the first of them. */
  route(method: string, path: string, statuses: readonly number[]): void;
  /** `path` is the template of the route, never the raw path; `unmatched` where there was none. */
  request(method: string, path: string, status: number): void;
}

/**
 * Registers the series of the intake: all combinations at 0, those of requests as routes are made known; the last alert at the start of the
 * process.
 */
export function intakeMetrics(page: Metrics, startedAt: Date): IntakeMetrics {
  const make = instruments(page);
  const last = ['awoooi_last_alert_received_timestamp', 'awoooi_last_alert_received_timestamp_seconds'].map(name =>
    make.gauge({ name, help: 'Unix time in seconds at which something last came through a real sender.' }),
  );
  const received = make.counter({
    name: 'awoooi_alerts_received_total',
    help: 'Alerts received, by sender and by what became of them.',
    labels: ['source', 'status'],
  });
  const webhook = make.histogram({
    name: 'awoooi_webhook_latency_seconds',
    help: 'How long a webhook took to answer.',
    labels: ['webhook_type'],
    buckets: LATENCY_BUCKETS,
  });
  const requests = make.counter({
    name: 'http_requests_total',
    help: 'HTTP requests answered, by method, route template and status.',
    labels: ['method', 'path', 'status'],
  });
  const open = make.gauge({
    name: 'awoooi_unauthenticated_intake',
    help: '1 while alerts are taken or the API is served without any credential, by AWOOOI_ALLOW_UNAUTHENTICATED.',
  });
  const lastReceived = (at: Date): void => last.forEach(gauge => gauge.set(at.getTime() / 1000));
  for (const source of ALERT_SOURCES) {
    webhook.zero({ webhook_type: source });
    for (const status of ALERT_STATUSES) received.inc({ source, status }, 0);
  }
  lastReceived(startedAt);
  open.set(0);
  return {
    lastReceived,
    unauthenticated: isOpen => open.set(isOpen ? 1 : 0),
    received: (source, status, count = 1) => received.inc({ source, status }, count),
    webhook: (type, seconds) => webhook.observe({ webhook_type: type }, seconds),
    route: (method, path, statuses) => statuses.forEach(status => requests.inc({ method, path, status: String(status) }, 0)),
    request: (method, path, status) => requests.inc({ method, path, status: String(status) }),
  };
}
