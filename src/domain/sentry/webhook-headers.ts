import { randomBytes } from 'node:crypto';
import { sentrySignature } from './signature.ts';

export interface SentryDelivery {
  readonly resource: 'issue' | 'error' | 'event_alert';
  /** The exact bytes that will be sent. */
  readonly body: string;
  readonly clientSecret: string | undefined;
  readonly at: Date;
}

/** The headers of one webhook of Sentry's Integration Platform; without a client secret it goes unsigned. */
export function sentryHeaders({ resource, body, clientSecret, at }: SentryDelivery): Record<string, string> {
  return {
    'request-id': randomBytes(16).toString('hex'),
    'sentry-hook-resource': resource,
    'sentry-hook-timestamp': String(Math.floor(at.getTime() / 1000)),
    ...(clientSecret !== undefined && { 'sentry-hook-signature': sentrySignature(clientSecret, body) }),
  };
}
