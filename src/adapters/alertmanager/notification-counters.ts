import type { NotificationCounters } from '../../domain/ports/alertmanager.ts';

interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const LINE = /^(alertmanager_notification[a-z_]*_total)\{(.*)\}\s+(\S+)/;
/** Not from the middle of a name on, or a long name without a value would take a time that grows with its square. */
const LABEL = /(?<!\w)([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/**
 * Reads Alertmanager's own metrics (notify/metric.go) in the Prometheus text format. Where they are counted for each receiver
 * (feature flag receiver-name-in-metrics), only those of this receiver.
 */
export function notificationCounters(text: string, receiver: string): NotificationCounters {
  const samples = text.split('\n').flatMap(sampleOf).filter(byWebhook(receiver));
  const failures = samples.filter(({ name }) => name === 'alertmanager_notifications_failed_total');
  return {
    sent: total(samples, 'alertmanager_notifications_total'),
    failed: total(samples, 'alertmanager_notifications_failed_total'),
    requests: total(samples, 'alertmanager_notification_requests_total'),
    requestsFailed: total(samples, 'alertmanager_notification_requests_failed_total'),
    failedByReason: failures.reduce<Record<string, number>>((sums, { labels, value }) => {
      const reason = labels.get('reason');
      return reason === undefined ? sums : { ...sums, [reason]: (sums[reason] ?? 0) + value };
    }, {}),
  };
}

function sampleOf(line: string): Sample[] {
  const [, name, labels = '', value] = LINE.exec(line) ?? [];
  if (name === undefined) return [];
  return [
    { name, labels: new Map([...labels.matchAll(LABEL)].map(([, key = '', text = '']) => [key, unescaped(text)])), value: Number(value) },
  ];
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([\\"n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

function byWebhook(receiver: string) {
  return ({ labels }: Sample): boolean => labels.get('integration') === 'webhook' && (labels.get('receiver_name') ?? receiver) === receiver;
}

function total(samples: readonly Sample[], wanted: string): number {
  return samples.reduce((sum, { name, value }) => (name === wanted ? sum + value : sum), 0);
}
