import { cameThrough, inOrder, wantedReturn } from '../../domain/drills/came-through.ts';
import { isAskedFor } from '../../domain/drills/refusals.ts';
import type { Drill, DrillRegistry, DrillReturn, Refusal } from '../../domain/ports/drill-registry.ts';

interface Registered {
  readonly drill: Drill;
  readonly endsAt: number;
  readonly returns: DrillReturn[];
}

/** The drill registry of one process, for tests and for a shell without Redis. Lifetimes run by a clock that nobody steps. */
export function memoryDrillRegistry({ now }: { now: () => Date }): DrillRegistry {
  const drills = new Map<string, Registered>();
  const refusals: Refusal[] = [];
  const waiting = new Map<string, Set<() => void>>();

  const live = (nonce: string): Registered | undefined => {
    const entry = drills.get(nonce);
    return entry && performance.now() < entry.endsAt ? entry : undefined;
  };
  const returned = (nonces: readonly string[], receiver?: string): DrillReturn[] =>
    nonces.flatMap(nonce => wantedReturn(inOrder(live(nonce)?.returns ?? []), receiver) ?? []);

  return {
    async register(added, signal) {
      signal.throwIfAborted();
      for (const drill of added) {
        const endsAt = performance.now() + drill.expiresAt.getTime() - now().getTime();
        drills.set(drill.nonce, { drill, endsAt, returns: [] });
      }
    },
    isLive: async nonce => live(nonce) !== undefined,
    async recordReturn(back) {
      const entry = live(back.nonce);
      if (!entry) return false;
      if (!entry.returns.some(({ receiver }) => receiver === back.receiver)) entry.returns.push(back);
      for (const wake of waiting.get(back.nonce) ?? []) wake();
      return true;
    },
    async find(nonce) {
      const entry = live(nonce);
      return entry && { drill: entry.drill, returns: inOrder(entry.returns) };
    },
    async awaitReturns(nonces, signal, receiver) {
      const came = (): number => returned(nonces, receiver).filter(back => cameThrough(back, receiver)).length;
      while (!signal.aborted && came() < nonces.length) await woken(nonces, signal);
      return returned(nonces, receiver);
    },
    async recordRefusal(refusal) {
      refusals.push(refusal);
    },
    refusalsSince: async (since, _, nonces = []) =>
      refusals.filter(refusal => isAskedFor(refusal, since, nonces)).toSorted((a, b) => a.at.getTime() - b.at.getTime()),
  };

  /** Until one of the nonces is back or the signal aborts. */
  async function woken(nonces: readonly string[], signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const nonce of nonces) waiting.set(nonce, (waiting.get(nonce) ?? new Set()).add(resolve));
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    for (const nonce of nonces) waiting.get(nonce)?.delete(resolve);
  }
}
