import { createHmac } from 'node:crypto';

/** `Sentry-Hook-Signature`: HMAC-SHA256 over the exact bytes of the body, 64 hex digits (Sentry Integration Platform, webhooks). */
export function sentrySignature(clientSecret: string, rawBody: string | Uint8Array): string {
  return createHmac('sha256', clientSecret).update(rawBody).digest('hex');
}
