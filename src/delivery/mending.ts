import { PROMETHEUS_SENDERS } from '../domain/alerts/alert.ts';
import { UNDER_WAY_MS } from '../domain/drills/mend-chain.ts';
import { chainIdentity } from '../domain/incidents/chain-identity.ts';
import type { BrokenChain, ChainState } from '../domain/ports/chain-state.ts';
import type { WatchdogSightings } from '../domain/ports/watchdog-sightings.ts';
import { type Repeated, type Repeating, repeating } from './repeating.ts';

export interface MendingDeps extends Pick<Repeated, 'log' | 'random'> {
  readonly chains: Pick<ChainState, 'broken'>;
  readonly watchdogs: Pick<WatchdogSightings, 'list'>;
  /** Whether the incident of a broken chain is resolved. */
  readonly isResolved: (chain: BrokenChain, signal: AbortSignal) => Promise<boolean>;
  readonly mend: (chain: BrokenChain, signal: AbortSignal) => Promise<void>;
  readonly now: () => Date;
  readonly everyMs?: number;
}

/**
 * Mends chains whose Watchdog fired too soon after the break to be sure of it, and was not called resolved again since: the next time it
 * fires may be twelve hours away. And those whose incident people resolved, for the Watchdog of a Prometheus that is gone for good, or has
 * other labels now, never fires again. On every replica; the second one to come changes nothing.
 */
export function mending({ everyMs = 10_000, log, random, ...deps }: MendingDeps): Repeating {
  return repeating({
    what: 'looking for chains that are whole again',
    everyMs,
    withinMs: 10_000,
    log,
    random,
    turn: signal => look({ ...deps, log }, signal),
  });
}

type Looking = Omit<MendingDeps, 'random' | 'everyMs'>;

async function look({ chains, isResolved, mend, log, ...deps }: Looking, signal: AbortSignal): Promise<void> {
  const broken = await chains.broken(signal);
  if (broken.length === 0) return;
  const firesAgain = await firingAgain(deps, signal);
  for (const chain of broken) {
    if (firesAgain(chain)) {
      await mend(chain, signal);
    } else if (await isResolved(chain, signal)) {
      await mend(chain, signal);
      const { source, since, incidentId: incident } = chain;
      log.info({ source, since, incident }, 'the incident of a broken chain was resolved: what the chain held is let go');
    }
  }
}

async function firingAgain(
  { watchdogs, now }: Pick<Looking, 'watchdogs' | 'now'>,
  signal: AbortSignal,
): Promise<(chain: BrokenChain) => boolean> {
  const heard = (await Promise.all(PROMETHEUS_SENDERS.map(source => watchdogs.list(source, signal)))).flat();
  const fired = Map.groupBy(
    heard.filter(({ status }) => status === 'firing'),
    chainIdentity,
  );
  const at = now().getTime();
  return chain => {
    const since = chain.since.getTime();
    return at - since > UNDER_WAY_MS && (fired.get(chainIdentity(chain)) ?? []).some(sighting => sighting.at.getTime() > since);
  };
}
