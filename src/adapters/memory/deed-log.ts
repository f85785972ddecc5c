import { DEED_CLAIMED_MS, type DeedLog } from '../../domain/ports/deed-log.ts';

/** Deeds of one process, kept for as long as it lives. */
export function memoryDeedLog({ now }: { readonly now: () => Date }): DeedLog {
  /** Until when each is claimed; for good once it is done. */
  const until = new Map<string, number>();
  return {
    async claim(deedId) {
      const held = until.get(deedId) ?? 0;
      if (held === Number.POSITIVE_INFINITY) return 'done';
      if (held > now().getTime()) return 'others';
      until.set(deedId, now().getTime() + DEED_CLAIMED_MS);
      return 'ours';
    },
    done: async deedId => void until.set(deedId, Number.POSITIVE_INFINITY),
    release: async deedId => void until.delete(deedId),
  };
}
