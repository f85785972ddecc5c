import { setTimeout as pause } from 'node:timers/promises';

/** Tries until the check returns without throwing and not `undefined` or `false`; fails with the last reason once the deadline is over. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { withinMs = 10_000, everyMs = 25 } = {},
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + withinMs;
  let reason: unknown = new Error('the condition never held');
  for (;;) {
    try {
      const value = await check();
      if (holds(value)) return value;
    } catch (err) {
      reason = err;
    }
    if (performance.now() >= deadline) throw new Error(`not within ${withinMs} ms`, { cause: reason });
    await pause(everyMs);
  }
}

function holds<T>(value: T): value is Exclude<T, undefined | false> {
  return value !== undefined && value !== false;
}
