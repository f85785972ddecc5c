import { hash, timingSafeEqual } from 'node:crypto';

export interface BasicLogin {
  readonly username: string;
  readonly password: string;
}

/** What a sender may sign in with; several at once, so that one can be replaced without a gap. */
export interface SenderCredentials {
  readonly bearerTokens: readonly string[];
  readonly basic: readonly BasicLogin[];
}

/** How Sentry shows who it is; all of them are valid at once. */
export interface SentryCredentials {
  /** That it signs with. */
  readonly clientSecrets: readonly string[];
  /** In the URL of the legacy plugin, which signs nothing. */
  readonly urlTokens: readonly string[];
  /** How far the time of a signed webhook may lie from ours. */
  readonly replayWindowMs: number;
}

export interface Credentials {
  readonly alertmanager: SenderCredentials;
  readonly signoz: SenderCredentials;
  readonly sentry: SentryCredentials;
  readonly telegram: { readonly webhookSecrets: readonly string[] };
  /** Tokens of the API with the name of whom each was given to. */
  readonly api: readonly { readonly name: string; readonly token: string }[];
  /** Lets in whoever comes where no credential at all is configured; it never opens what has one. */
  readonly allowUnauthenticated: boolean;
}

export type Presented =
  | { readonly scheme: 'bearer'; readonly token: string }
  | { readonly scheme: 'basic'; readonly username: string; readonly password: string }
  | { readonly scheme: 'none' }
  | { readonly scheme: 'other' };

/** What an Authorization header says (RFC 6750, RFC 7617). */
export function presented(header: string | undefined): Presented {
  if (header === undefined || header.trim() === '') return { scheme: 'none' };
  const [scheme = '', ...rest] = header.trim().split(' ');
  const value = rest.join(' ').trim();
  if (scheme.toLowerCase() === 'bearer') return { scheme: 'bearer', token: value };
  if (scheme.toLowerCase() !== 'basic') return { scheme: 'other' };
  const [username = '', ...password] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return { scheme: 'basic', username, password: password.join(':') };
}

/** Compares in a time that depends on neither text. An empty secret equals nothing: it stands for one that was forgotten. */
export function sameSecret(given: string, configured: string): boolean {
  const same = timingSafeEqual(digest(given), digest(configured));
  return same && configured !== '';
}

/** Of the same length whatever the text, as a comparison needs that tells nothing by its time. */
export function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
