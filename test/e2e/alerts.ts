type Labels = Readonly<Record<string, string>>;

/** An alert as Prometheus posts it to an Alertmanager. */
export interface PostedAlert {
  readonly labels: Labels;
  readonly annotations?: Labels;
  readonly startsAt?: Date;
  /** In the past: it is resolved. */
  readonly endsAt?: Date;
}

const HOUR_MS = 3_600_000;

/**
 * Posts alerts to an Alertmanager, all in one request. They fire on for an hour where nothing else is said: after five minutes it would
 * resolve them.
 */
export async function postAlerts({ url }: { readonly url: string }, ...alerts: readonly PostedAlert[]): Promise<void> {
  const body = JSON.stringify(alerts.map(alert => ({ endsAt: new Date(Date.now() + HOUR_MS), ...alert })));
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body, signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status}: ${await answer.text()}`);
}

export interface IncidentRoutes {
  /** Of the operator; several for an Alertmanager that tells more than one. */
  readonly ports: readonly number[];
  readonly webhookToken: string;
  /** How many alerts one webhook holds; as many as there are unless told otherwise. */
  readonly maxAlerts?: number;
  /** Every alert by itself unless told otherwise. */
  readonly groupBy?: readonly string[];
  /** How soon a group is told of what is new, or told again what was not taken. */
  readonly interval?: string;
  /** Alerts by their names that are told of once: not again within an hour, and so not of their end. */
  readonly once?: readonly string[];
}

/** An alertmanager.yml that tells the operator of everything at once, and of the Watchdog over and over. */
export function incidentRoutes({
  ports,
  webhookToken,
  maxAlerts = 0,
  groupBy = ['...'],
  interval = '1s',
  once = [],
}: IncidentRoutes): string {
  const http_config = { authorization: { type: 'Bearer', credentials: webhookToken }, follow_redirects: false };
  const at = { receiver: 'awoooi', group_by: groupBy, group_wait: '0s', group_interval: interval, repeat_interval: '1h' };
  const seldom = once.map(name => ({ ...at, matchers: [`alertname="${name}"`], group_interval: '1h' }));
  return JSON.stringify({
    route: { ...at, routes: [{ ...at, matchers: ['alertname="Watchdog"'], repeat_interval: '1s' }, ...seldom] },
    receivers: [
      {
        name: 'awoooi',
        webhook_configs: ports.map(port => ({
          url: `http://127.0.0.1:${port}/api/v1/webhooks/alertmanager`,
          send_resolved: true,
          max_alerts: maxAlerts,
          http_config,
        })),
      },
    ],
  });
}
