import type { NotificationCounters } from '../../domain/ports/alertmanager.ts';

interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const LINE = /^(alertmanager_notification[a-z_]*_total)\{(.*)\}\s+(\S+)/;
/** Not from the middle of a name on, or a long name without a value would take a time that grows with its square. */
const LABEL = /(?<!\w)([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
/** Alertmanager has a handful (notify/util.go). What says many more is none, and what it says would be kept until the run ends. */
const MOST_REASONS = 64;

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
    failedByReason: byReason(failures),
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

function byReason(failures: readonly Sample[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const { labels, value } of failures) {
    const reason = labels.get('reason');
    if (reason === undefined || (sums.size >= MOST_REASONS && !sums.has(reason))) continue;
    sums.set(reason, (sums.get(reason) ?? 0) + value);
  }
  return Object.fromEntries(sums);
}

function total(samples: readonly Sample[], wanted: string): number {
  return samples.reduce((sum, { name, value }) => (name === wanted ? sum + value : sum), 0);
}
