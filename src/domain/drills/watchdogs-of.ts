import { PROMETHEUS_SENDERS } from '../alerts/alert.ts';
import { chainIdentity } from '../incidents/chain-identity.ts';
import type { BrokenChain, ChainState } from '../ports/chain-state.ts';
import type { WatchdogSighting, WatchdogSightings } from '../ports/watchdog-sightings.ts';
import { alertFingerprint } from '../routing/alert-fingerprint.ts';

/** A Watchdog as it was last heard, and its chain where that is broken. */
export interface HeardWatchdog extends WatchdogSighting {
  readonly broken?: BrokenChain;
}

const FINGERPRINT = /^[0-9a-f]{16}$/;

/**
 * The Watchdogs with this alertname or fingerprint, the one that was heard last first: what they say is taken as a sign of life and kept as
 * nothing else.
 */
export async function watchdogsOf(
  { watchdogs, chain }: { readonly watchdogs: Pick<WatchdogSightings, 'list'>; readonly chain: Pick<ChainState, 'broken'> },
  alert: string,
  signal: AbortSignal,
): Promise<readonly HeardWatchdog[]> {
  const heard = (await Promise.all(PROMETHEUS_SENDERS.map(source => watchdogs.list(source, signal)))).flat();
  const asked = heard.filter(
    ({ labels }) => labels['alertname'] === alert || (FINGERPRINT.test(alert) && alertFingerprint(labels) === alert),
  );
  if (asked.length === 0) return [];
  const broken = new Map((await chain.broken(signal)).map(each => [chainIdentity(each), each]));
  return asked
    .map(sighting => {
      const chain = broken.get(chainIdentity(sighting));
      return { ...sighting, ...(chain && { broken: chain }) };
    })
    .toSorted((a, b) => b.at.getTime() - a.at.getTime());
}
