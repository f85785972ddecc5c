import { setTimeout as pause } from 'node:timers/promises';
import { passesByItself, type PortError } from '../../domain/ports/port-error.ts';
import { backoffMs } from '../../kube/backoff.ts';

/** How often something that changes is looked at: what is waited for takes seconds. */
export const LOOK_EVERY_MS = 500;

const AGAIN = { baseMs: LOOK_EVERY_MS, capMs: 5_000, jitter: 0.2 };

export type Tried<T> =
  | { readonly is: 'answered'; readonly value: T }
  /** With the last failure, where there was one. */
  | { readonly is: 'out-of-time'; readonly failure?: PortError };

/** Tries again after each failure that passes by itself, until the signal aborts. */
export async function persistently<T>(
  attempt: () => Promise<T>,
  { signal, random }: { readonly signal: AbortSignal; readonly random: () => number },
): Promise<Tried<T>> {
  let failure: PortError | undefined;
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return { is: 'answered', value: await attempt() };
    } catch (err) {
      if (signal.aborted) break;
      if (!passesByItself(err)) throw err;
      failure = err;
    }
    const waitMs = Math.max(backoffMs(AGAIN, failures, random), failure.retryAfterMs ?? 0);
    await pause(waitMs, undefined, { signal }).catch(() => undefined);
  }
  return { is: 'out-of-time', ...(failure && { failure }) };
}
