import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { badRequest, type Params } from './telegram-answers.ts';

export interface Webhook {
  readonly url: string;
  readonly secret?: string;
  readonly allowed?: unknown;
}

/** Posts one update; resolves with what was wrong, or undefined once it was taken. */
export type WebhookPost = (webhook: Webhook, update: Params) => Promise<string | undefined>;

const PORTS = new Set(['', '80', '88', '443', '8443']);
const RESERVED = /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./;
const RETRY_MS = 50;

/** What the cloud takes as a webhook; a server of one's own (`--local`) takes http and any port and address. */
export function checkedWebhook({ url, secret_token: secret, allowed_updates: allowed }: Params, local: boolean): Webhook {
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  if (!parsed) throw badRequest('bad webhook: invalid URL specified');
  if (!local) checkedForCloud(parsed);
  if (secret !== undefined && (typeof secret !== 'string' || secret.length > 256)) throw badRequest('secret token is too long');
  if (secret !== undefined && !/^[\w-]+$/.test(secret)) throw badRequest('secret token contains unallowed characters');
  return { url: parsed.href, ...(secret !== undefined && { secret }), allowed };
}

function checkedForCloud({ protocol, port, hostname }: URL): void {
  if (protocol !== 'https:') throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
  if (!PORTS.has(port)) throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443');
  if (isIP(hostname) !== 0 && RESERVED.test(hostname)) throw badRequest(`bad webhook: IP address ${hostname} is reserved`);
}

/** As Telegram posts: what is not answered 2xx comes again. */
export const postUpdate: WebhookPost = async ({ url, secret }, update) => {
  const headers = { 'content-type': 'application/json', ...(secret !== undefined && { 'x-telegram-bot-api-secret-token': secret }) };
  try {
    const signal = AbortSignal.timeout(60_000);
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(update), redirect: 'manual', signal });
    await response.body?.cancel();
    if (response.ok) return undefined;
    await pause(RETRY_MS);
    return `Wrong response from the webhook: ${response.status} ${response.statusText}`;
  } catch {
    await pause(RETRY_MS);
    return 'Connection failed';
  }
};
