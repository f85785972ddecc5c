import { mendChain, showsMended, UNDER_WAY_MS } from '../../domain/drills/mend-chain.ts';
import { tellBroken } from '../../domain/drills/tell-broken.ts';
import type { PrometheusSender } from '../../domain/alerts/alert.ts';
import type { ReadAlert } from '../../domain/alerts/read-alert.ts';
import { chainIdentity } from '../../domain/incidents/chain-identity.ts';
import type { BrokenChain, ChainState } from '../../domain/ports/chain-state.ts';
import type { WatchdogSightings } from '../../domain/ports/watchdog-sightings.ts';
import type { IncidentPorts } from '../../domain/incidents/take-alerts.ts';

export interface WatchdogPorts extends IncidentPorts {
  readonly watchdogs: WatchdogSightings;
  readonly chain: ChainState;
}

export interface HeardWatchdogs {
  readonly source: PrometheusSender;
  readonly at: Date;
  readonly heard: readonly ReadAlert[];
}

/**
 * Records what Watchdogs say. One that is resolved breaks its chain, and people are told by an incident; one that fires mends it, unless it
 * may have been under way when the chain broke. Each step may be repeated, and is when the sender or the next Watchdog comes: what holds
 * others back is set before anything else and ended last.
 */
export async function hearWatchdogs(ports: WatchdogPorts, { source, at, heard }: HeardWatchdogs, signal: AbortSignal): Promise<void> {
  if (heard.length === 0) return;
  await Promise.all(
    heard.map(({ labels, status, endsAt }) =>
      Promise.all([
        ports.watchdogs.record({ source, labels, status, at }, signal),
        ...(status === 'resolved' ? [broke(ports, { source, labels, since: endOf(endsAt, at) }, signal)] : []),
      ]),
    ),
  );
  const firing = heard.filter(({ status }) => status === 'firing');
  if (firing.length > 0) await mend(ports, { source, at, firing }, signal);
}

/** An end far in the future is a mistake of its sender: no Watchdog would ever be heard after it. */
function endOf(endsAt: Date | undefined, at: Date): Date {
  return endsAt && endsAt.getTime() - at.getTime() <= UNDER_WAY_MS ? endsAt : at;
}

async function broke(ports: WatchdogPorts, chain: BrokenChain, signal: AbortSignal): Promise<void> {
  await ports.chain.broke(chain, signal);
  await tellBroken(ports, chain, signal);
}

async function mend(
  ports: WatchdogPorts,
  { source, at, firing }: { readonly source: PrometheusSender; readonly at: Date; readonly firing: readonly ReadAlert[] },
  signal: AbortSignal,
): Promise<void> {
  const heard = Map.groupBy(firing, ({ labels }) => chainIdentity({ source, labels }));
  for (const chain of await ports.chain.broken(signal)) {
    const ours = heard.get(chainIdentity(chain)) ?? [];
    if (ours.some(({ startsAt }) => showsMended(chain, { ...(startsAt && { startsAt }), at }))) await mendChain(ports, chain, signal);
  }
}
