import { chainIdentity } from '../../domain/incidents/chain-identity.ts';
import type { BrokenChain, ChainState } from '../../domain/ports/chain-state.ts';

/** Broken chains, in memory. */
export function memoryChainState(): ChainState {
  const chains = new Map<string, BrokenChain>();
  return {
    async broke(chain) {
      const identity = chainIdentity(chain);
      if (!chains.has(identity)) chains.set(identity, chain);
    },
    async told(chain, incidentId) {
      const identity = chainIdentity(chain);
      const kept = chains.get(identity);
      if (kept) chains.set(identity, { ...kept, incidentId });
    },
    mended: async chain => void chains.delete(chainIdentity(chain)),
    broken: async () => [...chains.values()].toSorted((a, b) => a.since.getTime() - b.since.getTime()),
  };
}
