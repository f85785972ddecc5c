import { cameThrough } from '../../domain/drills/came-through.ts';
import type { DrillReturn } from '../../domain/ports/drill-registry.ts';
import { PortError } from '../../domain/ports/port-error.ts';

/** One caller that waits for some nonces. */
interface Waiter {
  readonly missing: Set<string>;
  readonly found: Map<string, DrillReturn>;
  /** The one that its nonces have to come back through, if only that will do. */
  readonly receiver: string | undefined;
  readonly finish: () => void;
}

export interface Waited {
  readonly found: ReadonlyMap<string, DrillReturn>;
  /** Those that did not come back through the receiver. */
  readonly missing: readonly string[];
}

export interface ReturnWaiters {
  /** Resolves once all came back through the receiver, or the signal aborts. Throws PortError when too many wait already. */
  wait(nonces: readonly string[], signal: AbortSignal, receiver?: string): Promise<Waited>;
  deliver(back: DrillReturn): void;
  /** Every nonce that somebody waits for. */
  missing(): readonly string[];
}

const MOST_WAITERS = 10_000;

/** Who waits for which nonce in this process. Knows nothing of Redis: it is told. */
export function returnWaiters(): ReturnWaiters {
  const byNonce = new Map<string, Set<Waiter>>();
  let count = 0;

  function settle(waiter: Waiter, back: DrillReturn): void {
    waiter.missing.delete(back.nonce);
    waiter.found.set(back.nonce, back);
    if (waiter.missing.size === 0) waiter.finish();
  }

  function enlist(waiter: Waiter): void {
    count += 1;
    for (const nonce of waiter.missing) {
      const waiters = byNonce.get(nonce) ?? new Set();
      byNonce.set(nonce, waiters.add(waiter));
    }
  }

  function forget(waiter: Waiter, nonce: string): void {
    const waiters = byNonce.get(nonce);
    waiters?.delete(waiter);
    if (waiters?.size === 0) byNonce.delete(nonce);
  }

  return {
    async wait(nonces, signal, receiver) {
      if (count >= MOST_WAITERS) throw new PortError('unavailable', `${MOST_WAITERS} waits for drills are under way already.`);
      const { promise, resolve } = Promise.withResolvers<void>();
      const waiter: Waiter = { missing: new Set(nonces), found: new Map(), receiver, finish: resolve };
      if (waiter.missing.size === 0 || signal.aborted) resolve();
      signal.addEventListener('abort', waiter.finish, { once: true });
      enlist(waiter);
      await promise;
      signal.removeEventListener('abort', waiter.finish);
      count -= 1;
      for (const nonce of waiter.missing) forget(waiter, nonce);
      return { found: waiter.found, missing: [...waiter.missing] };
    },
    deliver(back) {
      for (const waiter of byNonce.get(back.nonce) ?? []) {
        if (!cameThrough(back, waiter.receiver)) continue;
        forget(waiter, back.nonce);
        settle(waiter, back);
      }
    },
    missing: () => [...byNonce.keys()],
  };
}
