import { createHmac } from 'node:crypto';

export interface Signed {
  /** Unix time in seconds, as X-Awoooi-Timestamp says it. */
  readonly timestamp: string;
  /** The exact body. */
  readonly body: string;
}

/** X-Awoooi-Signature: HMAC-SHA256 over the timestamp, a dot and the body, so that neither can be replaced by itself. */
export function webhookSignature(secret: string, { timestamp, body }: Signed): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`, 'utf8').digest('hex')}`;
}
