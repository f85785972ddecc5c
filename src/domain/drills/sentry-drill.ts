import { SENTRY_DRILL_PREFIX } from './marker.ts';
import { NONCE_PATTERN } from './nonce.ts';

/** A drill by the id of a Sentry issue, with the nonce behind its prefix where one is there; undefined for any other id. */
export function sentryDrillIn(id: string | undefined): { readonly nonce?: string } | undefined {
  if (!id?.startsWith(SENTRY_DRILL_PREFIX)) return undefined;
  const nonce = id.slice(SENTRY_DRILL_PREFIX.length);
  return NONCE_PATTERN.test(nonce) ? { nonce } : {};
}
