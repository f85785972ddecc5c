import type { Limit, SendRate } from '../../domain/ports/send-rate.ts';

/** Limits of one process. */
export function memorySendRate({ now }: { now: () => Date }): SendRate {
  const sent = new Map<string, number[]>();
  /** By key: who waits, and until when. */
  const waiting = new Map<string, Map<string, number>>();

  function waitFor({ key, count, perMs }: Limit): number {
    const at = now().getTime();
    const within = (sent.get(key) ?? []).filter(time => time > at - perMs);
    const oldest = within.at(-count);
    return oldest === undefined ? 0 : Math.max(1, oldest + perMs - at);
  }

  return {
    async take(limits) {
      const wait = Math.max(0, ...limits.map(waitFor));
      if (wait > 0) return wait;
      for (const { key } of limits) sent.set(key, [...(sent.get(key) ?? []), now().getTime()]);
      return 0;
    },

    async wait(key, { by, forMs }) {
      const at = now().getTime();
      const all = [...(waiting.get(key) ?? []), [by, at + forMs] as const];
      waiting.set(key, new Map(all.filter(([name, until]) => until > at && (forMs > 0 || name !== by))));
    },

    async waiting(key, by) {
      const at = now().getTime();
      const all = [...(waiting.get(key) ?? [])];
      const self = all.some(([name, until]) => name === by && until > at);
      return { self, othersMs: Math.max(0, ...all.filter(([name]) => name !== by).map(([, until]) => until - at)) };
    },
  };
}
