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
    mended: async chain => void chains.delete(chainIdentity(chain)),
    broken: async () => [...chains.values()].toSorted((a, b) => a.since.getTime() - b.since.getTime()),
  };
}
