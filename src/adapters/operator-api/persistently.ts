import { setTimeout as pause } from 'node:timers/promises';
import { passesByItself } from '../../domain/ports/port-error.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;

export interface Persistence {
  /** Ends the trying; the last failure is thrown then. */
  readonly signal: AbortSignal;
  readonly random: () => number;
}

/** Calls again after each failure that passes by itself, with growing pauses. Every other failure is thrown at once. */
export async function persistently<T>(call: () => Promise<T>, { signal, random }: Persistence): Promise<T> {
  let before: unknown;
  for (let failures = 0; ; failures += 1) {
    try {
      return await call();
    } catch (err) {
      // A call that was cut off says less than the failure before it.
      if (signal.aborted) throw before ?? err;
      if (!passesByItself(err)) throw err;
      before = err;
    }
    const grown = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
    await pause(grown * (0.5 + random() / 2), undefined, { signal }).catch(() => undefined);
  }
}
