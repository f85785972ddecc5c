import { UNDER_WAY_MS } from '../domain/drills/mend-chain.ts';
import { chainIdentity } from '../domain/incidents/chain-identity.ts';
import type { BrokenChain, ChainState } from '../domain/ports/chain-state.ts';
import type { WatchdogSightings, WatchdogSource } from '../domain/ports/watchdog-sightings.ts';
import { type Repeated, type Repeating, repeating } from './repeating.ts';

export interface MendingDeps extends Pick<Repeated, 'log' | 'random'> {
  readonly chains: Pick<ChainState, 'broken'>;
  readonly watchdogs: Pick<WatchdogSightings, 'list'>;
  readonly mend: (chain: BrokenChain, signal: AbortSignal) => Promise<void>;
  readonly now: () => Date;
  readonly everyMs?: number;
}

const SOURCES: readonly WatchdogSource[] = ['alertmanager', 'signoz'];

/**
 * Mends chains whose Watchdog fired too soon after the break to be sure of it, and was not called resolved again since: the next time it fires may be
 * twelve hours away. On every replica; the second one to come changes nothing.
 */
export function mending({ everyMs = 10_000, log, random, ...deps }: MendingDeps): Repeating {
  return repeating({
    what: 'looking for chains that are whole again',
    everyMs,
    withinMs: 10_000,
    log,
    random,
    turn: signal => look(deps, signal),
  });
}

async function look({ chains, watchdogs, mend, now }: Omit<MendingDeps, 'log' | 'random'>, signal: AbortSignal): Promise<void> {
  const broken = (await chains.broken(signal)).filter(({ since }) => now().getTime() - since.getTime() > UNDER_WAY_MS);
  if (broken.length === 0) return;
  const heard = (await Promise.all(SOURCES.map(source => watchdogs.list(source, signal)))).flat();
  const fired = Map.groupBy(
    heard.filter(({ status }) => status === 'firing'),
    chainIdentity,
  );
  for (const chain of broken) {
    const since = chain.since.getTime();
    if (fired.get(chainIdentity(chain))?.some(({ at }) => at.getTime() > since)) await mend(chain, signal);
  }
}
