import { type IncidentPorts, takeAlerts } from '../incidents/take-alerts.ts';
import type { BrokenChain, ChainState } from '../ports/chain-state.ts';
import { chainMendedAlert } from './broken-chain.ts';

/**
 * For so long after the end of a Watchdog a firing of it may still be under way: Alertmanager tries one notification again for its
 * group_interval (5 m unless told otherwise), after its replicas have waited for each other.
 */
export const UNDER_WAY_MS = 360_000;

/**
 * Whether a firing Watchdog shows that its chain is whole. One that began after the break does: a Prometheus that was started again says
 * so. One that began before comes from a Prometheus that was only out of reach, or it was under way when the chain broke: it counts once it
 * cannot have been.
 */
export function showsMended({ since }: Pick<BrokenChain, 'since'>, firing: { readonly startsAt?: Date; readonly at: Date }): boolean {
  const began = firing.startsAt?.getTime() ?? Number.NEGATIVE_INFINITY;
  return began >= since.getTime() || firing.at.getTime() - since.getTime() > UNDER_WAY_MS;
}

/** Tells that the chain is whole, and only then lets go what it held. Both may be repeated. */
export async function mendChain(
  ports: IncidentPorts & { readonly chain: Pick<ChainState, 'mended'> },
  chain: BrokenChain,
  signal: AbortSignal,
): Promise<void> {
  await takeAlerts({ ...ports, settleMs: () => 0 }, [chainMendedAlert(chain)], signal);
  await ports.chain.mended(chain, signal);
}
