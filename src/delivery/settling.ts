import { holdsBack } from '../domain/drills/holds-back.ts';
import type { BrokenChain, ChainState } from '../domain/ports/chain-state.ts';
import type { IncidentStore, Settling } from '../domain/ports/incident-store.ts';
import { type Repeated, type Repeating, repeating } from './repeating.ts';

export interface SettlingDeps extends Pick<Repeated, 'log' | 'random'> {
  readonly incidents: Pick<IncidentStore, 'settled' | 'autoResolve' | 'holdOpen'>;
  readonly chains: Pick<ChainState, 'broken'>;
  /** Who is told of a resolution, and that one is held back. */
  readonly tell: readonly string[];
  readonly everyMs?: number;
}

/** Of each partition in one turn. */
const AT_ONCE = 50;
const HELD_FOR_MS = 30_000;

/** Resolves incidents whose alerts all did, on every replica: the second one to come changes nothing. While a chain is broken they wait. */
export function settling({ everyMs = 1_000, log, random, ...deps }: SettlingDeps): Repeating {
  return repeating({ what: 'resolving incidents', everyMs, withinMs: 30_000, log, random, turn: signal => settle(deps, signal) });
}

async function settle({ incidents, chains, tell }: Omit<SettlingDeps, 'log' | 'random'>, signal: AbortSignal): Promise<void> {
  const settled = await incidents.settled(AT_ONCE, signal);
  if (settled.length === 0) return;
  // Asked after what settled: a Watchdog that broke before an alert resolved is known by now.
  const broken = await chains.broken(signal);
  await Promise.all(settled.map(one => end(one, { broken, incidents, tell, signal })));
}

interface Ending extends Pick<SettlingDeps, 'incidents' | 'tell'> {
  readonly broken: readonly BrokenChain[];
  readonly signal: AbortSignal;
}

async function end(one: Settling, { broken, incidents, tell, signal }: Ending): Promise<void> {
  const chain = holdsBack(broken, one);
  if (chain) await incidents.holdOpen(one.id, { forMs: HELD_FOR_MS, detail: heldBecause(chain), tell }, signal);
  else await incidents.autoResolve(one.id, tell, signal);
}

/** For people. */
export function heldBecause({ source, labels, since }: BrokenChain): string {
  const of = ['cluster', 'prometheus'].flatMap(name => (labels[name] === undefined ? [] : [`${name} ${labels[name]}`])).join(', ');
  const whose = of === '' ? source : `${source} (${of})`;
  return `its alerts resolved, but the Watchdog of ${whose} has been missing since ${since.toISOString()}: they may only have lost their voice. It resolves once the Watchdog fires again, or somebody resolves the incident AlertChainBroken.`;
}
