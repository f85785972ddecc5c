import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

export interface HttpConfig {
  readonly basic_auth?: { readonly username?: string; readonly password?: string };
  readonly authorization?: { readonly type?: string; readonly credentials?: string };
  readonly follow_redirects?: boolean;
}

export interface WebhookConfig {
  readonly url: string;
  readonly http_config?: HttpConfig;
}

/** The v4 payload of SigNoz's channel test (contracts/signoz.md, sections 4 and 10; recorded in webhook-channel-test.json). */
export function channelTestPayload(name: string, { now, externalURL }: { now: Date; externalURL: string }): object {
  const summary = 'Test alert fired from SigNoz';
  const labels = { alertname: `Test Alert (${name})`, severity: 'critical' };
  const annotations = { description: summary, message: summary, summary };
  const fingerprint = fingerprintOf(labels);
  const alert = {
    status: 'firing',
    labels,
    annotations,
    startsAt: now.toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: '',
    fingerprint,
  };
  return {
    // Go's regexp.QuoteMeta.
    receiver: name.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`),
    status: 'firing',
    alerts: [alert],
    groupLabels: labels,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL,
    version: '4',
    groupKey: `${name}-${fingerprint}-${Math.floor(now.getTime() / 1000)}`,
    truncatedAlerts: 0,
  };
}

/** Alertmanager's fingerprint: FNV-1a of 64 bits over `name 0xFF value 0xFF …` in byte order of the names, 16 hex digits. */
function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const separator = Buffer.from([0xff]);
  const bytes = Buffer.concat(names.flatMap(name => [Buffer.from(name), separator, Buffer.from(labels[name] ?? ''), separator]));
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

/** Posts as the embedded webhook notifier does. Resolves with its error text, or undefined after a 2xx. */
export async function notify({ url, http_config: config = {} }: WebhookConfig, payload: object): Promise<string | undefined> {
  const body = `${JSON.stringify(payload)}\n`;
  const headers = {
    'User-Agent': 'Alertmanager/',
    'Content-Length': String(Buffer.byteLength(body)),
    ...authorization(config),
    'Content-Type': 'application/json',
  };
  try {
    const first = await exchange(url, { method: 'POST', headers, body });
    const answer = await followed(first, { url, headers, body, config });
    if (answer.status >= 200 && answer.status < 300) return undefined;
    return `unexpected status code ${answer.status}: ${answer.body}`;
  } catch (err) {
    return `Post "<redacted>": ${err instanceof Error ? err.message : String(err)}`;
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Sending {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Go's client: 301, 302 and 303 become a GET without a body, 307 and 308 stay what they were. */
async function followed(
  answer: Answer,
  { url, headers, body, config }: { url: string; headers: Sending['headers']; body: string; config: HttpConfig },
): Promise<Answer> {
  const { location } = answer.headers;
  if (config.follow_redirects === false || location === undefined || answer.status < 300 || answer.status >= 400) return answer;
  const to = new URL(location, url).href;
  if (answer.status === 307 || answer.status === 308) return exchange(to, { method: 'POST', headers, body });
  return exchange(to, { method: 'GET', headers: authorization(config) });
}

function authorization({ basic_auth: basic, authorization: bearer }: HttpConfig): Record<string, string> {
  if (basic) return { Authorization: `Basic ${Buffer.from(`${basic.username ?? ''}:${basic.password ?? ''}`).toString('base64')}` };
  return bearer ? { Authorization: `${bearer.type ?? 'Bearer'} ${bearer.credentials ?? ''}` } : {};
}

function exchange(url: string, { method, headers, body }: Sending): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const outgoing = send(url, { method, headers, timeout: 10_000 }, incoming => {
      text(incoming).then(answer => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: answer }), reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('context deadline exceeded')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A made-up UUID of version 7 that is the same for the same text. */
export function uuidFor(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
