import { timingSafeEqual } from 'node:crypto';
import { sentrySignature } from '../../domain/sentry/signature.ts';
import { sameSecret, type SentryCredentials } from './credentials.ts';
import type { Admission } from './sender.ts';

/** What of a request can show that Sentry sent it. */
export interface SentryProof {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** `?token=` of its URL. */
  readonly urlToken: string | undefined;
}

export interface SentryGate {
  readonly credentials: SentryCredentials;
  readonly allowUnauthenticated: boolean;
  readonly now: Date;
}

/** Of the Integration Platform, and of service hooks (contracts, section 2.1). */
const SIGNATURES = ['sentry-hook-signature', 'x-servicehook-signature'];
const TIMESTAMPS = ['sentry-hook-timestamp', 'x-servicehook-timestamp'];
const SIGNATURE = /^[0-9a-f]{64}$/;

const ADMITTED: Admission = { is: 'admitted' };
const refused = (reason: string): Admission => ({ is: 'refused', reason });

/** What the headers and the URL say of who sends. A signature is believed only once the body is read. */
export function admitSentry(proof: SentryProof, { credentials, allowUnauthenticated, now }: SentryGate): Admission {
  const { clientSecrets, urlTokens, replayWindowMs } = credentials;
  if (clientSecrets.length + urlTokens.length === 0) {
    if (allowUnauthenticated) return ADMITTED;
    return refused('neither SENTRY_CLIENT_SECRETS nor SENTRY_URL_TOKENS is set, so nobody may send for Sentry; set one of them');
  }
  const signature = signatureIn(proof);
  if (signature === undefined || clientSecrets.length === 0) return admitByUrl(proof, urlTokens);
  if (!SIGNATURE.test(signature)) return refused('the signature is not 64 hex digits');
  const offMs = offBy(proof, now);
  if (offMs === Infinity) return refused('the timestamp of the webhook is no Unix time in seconds; let no proxy rewrite headers');
  if (offMs !== undefined && offMs > replayWindowMs) {
    return refused(
      `the webhook was made ${Math.round(offMs / 1000)} s away from our time, more than SENTRY_REPLAY_WINDOW allows; compare the clocks`,
    );
  }
  return { is: 'by-body' };
}

/** Whether one of the client secrets signed exactly these bytes. Each of them is tried, also after one has matched. */
export function verifySentry(proof: SentryProof, raw: Uint8Array, { clientSecrets }: Pick<SentryCredentials, 'clientSecrets'>): Admission {
  const given = Buffer.from(signatureIn(proof) ?? '', 'hex');
  const matches = clientSecrets
    .filter(secret => secret !== '')
    .map(secret => Buffer.from(sentrySignature(secret, raw), 'hex'))
    .map(expected => expected.length === given.length && timingSafeEqual(expected, given));
  return matches.includes(true)
    ? ADMITTED
    : refused(
        'the signature is not of these bytes by one of SENTRY_CLIENT_SECRETS; copy the client secret of the integration, and let no proxy rewrite bodies',
      );
}

/** Whether nothing signs it: then all that shows who sent it is a URL, if that. */
export function isUnsigned(proof: SentryProof, { clientSecrets }: Pick<SentryCredentials, 'clientSecrets'>): boolean {
  return clientSecrets.length === 0 || signatureIn(proof) === undefined;
}

function admitByUrl({ urlToken }: SentryProof, urlTokens: readonly string[]): Admission {
  if (urlToken === undefined) {
    return refused('the request has neither a Sentry-Hook-Signature nor, as the legacy plugin needs, ?token= in its URL');
  }
  if (urlTokens.map(token => sameSecret(urlToken, token)).includes(true)) return ADMITTED;
  return refused('the token in the URL is not one of SENTRY_URL_TOKENS');
}

function signatureIn({ headers }: SentryProof): string | undefined {
  return headerIn(headers, SIGNATURES)?.toLowerCase();
}

/** How far the time of the webhook lies from ours; undefined where it carries none, Infinity where it is none. */
function offBy({ headers }: SentryProof, now: Date): number | undefined {
  const stamp = headerIn(headers, TIMESTAMPS);
  if (stamp === undefined) return undefined;
  return /^\d{1,12}(\.\d{1,9})?$/.test(stamp) ? Math.abs(now.getTime() - Number(stamp) * 1000) : Infinity;
}

function headerIn(headers: SentryProof['headers'], names: readonly string[]): string | undefined {
  const value = names.map(name => headers[name]).find(each => each !== undefined && each !== '');
  return (Array.isArray(value) ? value[0] : value)?.trim();
}
