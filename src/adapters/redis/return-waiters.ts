import type { DrillReturn } from '../../domain/ports/drill-registry.ts';
import { PortError } from '../../domain/ports/port-error.ts';

/** One caller that waits for some nonces. */
interface Waiter {
  readonly missing: Set<string>;
  readonly found: Map<string, DrillReturn>;
  readonly finish: () => void;
}

export interface ReturnWaiters {
  /** Resolves with what came back, once all did or the signal aborts. Throws PortError when too many wait already. */
  wait(nonces: readonly string[], signal: AbortSignal): Promise<Map<string, DrillReturn>>;
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

  function dismiss(waiter: Waiter): void {
    count -= 1;
    for (const nonce of waiter.missing) {
      const waiters = byNonce.get(nonce);
      waiters?.delete(waiter);
      if (waiters?.size === 0) byNonce.delete(nonce);
    }
  }

  return {
    async wait(nonces, signal) {
      if (count >= MOST_WAITERS) throw new PortError('unavailable', `${MOST_WAITERS} waits for drills are under way already.`);
      const { promise, resolve } = Promise.withResolvers<void>();
      const waiter: Waiter = { missing: new Set(nonces), found: new Map(), finish: resolve };
      if (waiter.missing.size === 0 || signal.aborted) resolve();
      signal.addEventListener('abort', waiter.finish, { once: true });
      enlist(waiter);
      await promise;
      signal.removeEventListener('abort', waiter.finish);
      dismiss(waiter);
      return waiter.found;
    },
    deliver(back) {
      const waiters = byNonce.get(back.nonce);
      byNonce.delete(back.nonce);
      for (const waiter of waiters ?? []) settle(waiter, back);
    },
    missing: () => [...byNonce.keys()],
  };
}
