import type { Incident } from '../incidents/incident.ts';
import { type IncidentPorts, takeAlerts } from '../incidents/take-alerts.ts';
import type { BrokenChain, ChainState } from '../ports/chain-state.ts';
import type { Ingested } from '../ports/incident-store.ts';
import { chainBrokenAlert } from './broken-chain.ts';

interface TellBrokenPorts extends IncidentPorts {
  readonly chain: Pick<ChainState, 'told'>;
}

/**
 * Tells people of a broken chain and notes by which incident, for whoever resolves that one. Told of the same end of a Watchdog again it
 * opens nothing.
 */
export async function tellBroken(ports: TellBrokenPorts, chain: BrokenChain, signal: AbortSignal): Promise<Ingested | undefined> {
  const [answer] = await takeAlerts(ports, [chainBrokenAlert(chain)], signal);
  if (answer && answer.is !== 'ignored' && answer.incidentId !== undefined) await ports.chain.told(chain, answer.incidentId, signal);
  return answer;
}

export interface EndedPorts extends TellBrokenPorts {
  readonly find: (id: string, signal: AbortSignal) => Promise<Pick<Incident, 'status'> | undefined>;
}

/**
 * Whether this break of a chain is over for people, for its incident is resolved. One of which nobody was told, or whose incident is
 * forgotten by age while it lasts, is told of instead.
 */
export async function isResolved(ports: EndedPorts, chain: BrokenChain, signal: AbortSignal): Promise<boolean> {
  const noted = chain.incidentId === undefined ? undefined : await ports.find(chain.incidentId, signal);
  if (noted && noted.status !== 'resolved') return false;
  // Asked of the store, which knows ends of Watchdogs apart: the incident that is noted may be that of an earlier break.
  const answer = await tellBroken(ports, chain, signal);
  if (answer?.is !== 'deduplicated') return false;
  return answer.incidentId === undefined || (await ports.find(answer.incidentId, signal))?.status === 'resolved';
}
