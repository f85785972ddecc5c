import { CANARY_LABEL } from '../routing/canary-alert.ts';
import type { PrometheusSender } from '../alerts/alert.ts';
import { hasDrillMarker, type IncomingAlert, isChannelTest, isQuiet, isRuleTest, isWatchdog, nonceOf } from './alert.ts';

/**
 * What an alert is to us. `nonce` is there only while it is live. A `canary` came through a real sender, a `drill` straight to us.
 * `real` is everything else: an alert that somebody must see.
 */
export type Recognised =
  | { readonly is: 'watchdog' }
  | { readonly is: 'channel-test'; readonly nonce?: string }
  | { readonly is: 'rule-test' }
  | { readonly is: 'canary'; readonly nonce: string }
  | { readonly is: 'drill'; readonly nonce?: string }
  | { readonly is: 'real' };

export interface RecogniseContext {
  readonly source: PrometheusSender;
  /** Whether the registry knows the nonce and it has not expired. */
  readonly isLive: (nonce: string) => boolean;
}

/** Tells drills from alerts. A marker without a live nonce is believed only at a severity that pages nobody: anybody can set a label. */
export function recognise(alert: IncomingAlert, { source, isLive }: RecogniseContext): Recognised {
  const nonce = liveNonce(alert, isLive);
  // Before Watchdogs: whatever it is called, we sent it ourselves, and it is no sign that Prometheus lives.
  if (nonce && isCanary(alert)) return { is: 'canary', nonce };
  if (isWatchdog(alert, source)) return { is: 'watchdog' };
  if (isChannelTest(alert)) return { is: 'channel-test', ...(nonce && { nonce }) };
  if (nonce && hasDrillMarker(alert)) return { is: 'drill', nonce };
  if (isRuleTest(alert, source)) return { is: 'rule-test' };
  if (!hasDrillMarker(alert)) return { is: 'real' };
  return { is: isQuiet(alert) ? 'drill' : 'real' };
}

function isCanary(alert: IncomingAlert): boolean {
  return hasDrillMarker(alert) && alert.labels[CANARY_LABEL] === 'true';
}

function liveNonce(alert: IncomingAlert, isLive: (nonce: string) => boolean): string | undefined {
  const nonce = nonceOf(alert);
  return nonce !== undefined && isLive(nonce) ? nonce : undefined;
}
