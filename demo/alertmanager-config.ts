/**
 * A rule that always fires: when it stops arriving, Prometheus or the way from it is broken. One of a disk, as anybody has. And one whose alert
 * names a Deployment in the namespace where the demo repairs.
 */
export const prometheusRules = (namespace: string): string => `groups:
  - name: watchdog
    rules:
      - alert: Watchdog
        expr: vector(1)
        labels: { severity: none }
        annotations: { summary: Always firing, so that its absence tells of a broken chain. }
  - name: shop
    rules:
      - alert: DiskAlmostFull
        expr: disk_free_ratio < 0.1
        labels: { severity: warning, namespace: shop, deployment: orders }
        annotations:
          summary: A disk of orders is almost full
          description: Only {{ $value | humanizePercentage }} of the disk is free; at this rate it is full within the hour.
          runbook_url: https://runbooks.example.com/disk
      - alert: CheckoutSlow
        expr: checkout_latency_seconds > 1
        labels: { severity: warning, namespace: ${namespace}, deployment: checkout }
        annotations:
          summary: Checkout answers slowly
          description: A checkout takes {{ $value | humanizeDuration }}; customers give up after two seconds.
`;

export interface AlertmanagerConfigOptions {
  readonly operatorPort: number;
  readonly webhookToken: string;
  /** Where canaries are sent; `awoooi` unless the demo breaks it. */
  readonly canaryReceiver?: string;
}

/** The routes that the README recommends: canaries and the Watchdog first, quickly; everything else in groups. */
export function alertmanagerConfig({ operatorPort, webhookToken, canaryReceiver = 'awoooi' }: AlertmanagerConfigOptions): string {
  return JSON.stringify({
    route: {
      receiver: 'awoooi',
      group_by: ['alertname', 'namespace'],
      group_wait: '1s',
      group_interval: '5s',
      repeat_interval: '1h',
      routes: [
        route({ matchers: ['awoooi_canary="true"'], receiver: canaryReceiver, group_by: ['...'], group_wait: '0s', group_interval: '1s' }),
        route({ matchers: ['alertname="Watchdog"'], receiver: 'awoooi', group_wait: '0s', group_interval: '2s', repeat_interval: '2s' }),
      ],
    },
    receivers: [
      {
        name: 'awoooi',
        webhook_configs: [
          {
            url: `http://127.0.0.1:${operatorPort}/api/v1/webhooks/alertmanager`,
            send_resolved: true,
            http_config: { authorization: { type: 'Bearer', credentials: webhookToken }, follow_redirects: false },
          },
        ],
      },
      { name: 'nobody' },
    ],
  });
}

function route(fields: Record<string, unknown>): Record<string, unknown> {
  return { repeat_interval: '1h', ...fields };
}
