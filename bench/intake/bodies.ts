let made = 0;

/** Webhooks of one firing alert each, as Alertmanager 0.33 sends them, all of different anomalies. */
export function singleAlerts(count: number, of: { readonly label: string }): string[] {
  return Array.from({ length: count }, () => JSON.stringify(webhook([nextAlert(of)])));
}

/** One webhook of so many alerts. */
export function oneBody(count: number, of: { readonly label: string }): string {
  return JSON.stringify(webhook(Array.from({ length: count }, () => nextAlert(of))));
}

function nextAlert({ label }: { readonly label: string }): object {
  made += 1;
  return {
    status: 'firing',
    labels: {
      alertname: `Bench${label}${made}`,
      namespace: 'shop',
      deployment: 'api',
      pod: `api-7c9f6d-${made}`,
      severity: 'warning',
      room: `r${made % 60}`,
      prometheus: 'monitoring/k8s',
    },
    annotations: { summary: 'Requests take too long', description: 'p99 of shop/api is 4.2 s for ten minutes.' },
    startsAt: new Date(Date.now() - 60_000).toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
    fingerprint: made.toString(16).padStart(16, '0'),
  };
}

function webhook(alerts: readonly object[]): object {
  return {
    receiver: 'awoooi',
    status: 'firing',
    alerts,
    groupLabels: { namespace: 'shop' },
    commonLabels: { namespace: 'shop', severity: 'warning' },
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    version: '4',
    groupKey: `{}:{namespace="shop",n="${made}"}`,
    truncatedAlerts: 0,
    notification_reason: 'first notification',
  };
}
