import { createHash } from 'node:crypto';

export type Labels = Readonly<Record<string, string>>;

export interface NotifiedAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

export const EXTERNAL_URL = 'http://localhost:8080';
/** When an alert ends that has not ended. */
export const NO_END = '0001-01-01T00:00:00Z';

interface Notification {
  readonly receiver: string;
  readonly alerts: readonly NotifiedAlert[];
  readonly groupLabels: Labels;
  readonly groupKey: string;
  readonly externalURL?: string;
  readonly maxAlerts?: number;
}

/** Alertmanager's webhook payload, version 4, as SigNoz sends it (contracts/signoz.md, section 4). */
export function webhookPayload({
  receiver,
  alerts,
  groupLabels,
  groupKey,
  externalURL = EXTERNAL_URL,
  maxAlerts = 0,
}: Notification): object {
  const sent = maxAlerts > 0 ? alerts.slice(0, maxAlerts) : alerts;
  return {
    // Go's regexp.QuoteMeta.
    receiver: receiver.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`),
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts: sent,
    groupLabels,
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL,
    version: '4',
    groupKey,
    truncatedAlerts: alerts.length - sent.length,
  };
}

function common([first = {}, ...others]: readonly Labels[]): Labels {
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => others.every(labels => labels[name] === value)));
}

/** What SigNoz's channel test sends (recorded in webhook-channel-test.json). */
export function channelTestPayload(name: string, now: Date): object {
  const summary = 'Test alert fired from SigNoz';
  const labels = { alertname: `Test Alert (${name})`, severity: 'critical' };
  const alert: NotifiedAlert = {
    status: 'firing',
    labels,
    annotations: { description: summary, message: summary, summary },
    startsAt: now.toISOString(),
    endsAt: NO_END,
    generatorURL: '',
    fingerprint: fingerprintOf(labels),
  };
  const groupKey = `${name}-${alert.fingerprint}-${Math.floor(now.getTime() / 1000)}`;
  return webhookPayload({ receiver: name, alerts: [alert], groupLabels: labels, groupKey });
}

/** By name, as Go writes a map. */
export function sortedLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Alertmanager's fingerprint: FNV-1a of 64 bits over `name 0xFF value 0xFF …` in byte order of the names, 16 hex digits. */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const separator = Buffer.from([0xff]);
  const bytes = Buffer.concat(names.flatMap(name => [Buffer.from(name), separator, Buffer.from(labels[name] ?? ''), separator]));
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

/** A made-up UUID of version 7 that is the same for the same text. */
export function uuidFor(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
