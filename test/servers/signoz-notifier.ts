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
  readonly send_resolved?: boolean;
  /** The most alerts of one payload, all of them at 0. */
  readonly max_alerts?: number;
}

export interface NotifyFailure {
  readonly error: string;
  /** Whether the notifier tries again in the same flush. */
  readonly retry: boolean;
}

/** Posts as the embedded webhook notifier does. Resolves with undefined after a 2xx. */
export async function notify({ url, http_config: config = {} }: WebhookConfig, payload: object): Promise<NotifyFailure | undefined> {
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
    return { error: `unexpected status code ${answer.status}: ${answer.body}`, retry: answer.status >= 500 };
  } catch (err) {
    return { error: `Post "<redacted>": ${err instanceof Error ? err.message : String(err)}`, retry: true };
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
