import { PRESS_CLAIMED_MS, type PressLog } from '../../domain/ports/press-log.ts';

/** Presses of one process, kept for as long as it lives. */
export function memoryPressLog({ now }: { readonly now: () => Date }): PressLog {
  /** Until when each is claimed; for good once it is done. */
  const until = new Map<string, number>();
  return {
    async claim(pressId) {
      const held = until.get(pressId) ?? 0;
      if (held === Number.POSITIVE_INFINITY) return 'done';
      if (held > now().getTime()) return 'others';
      until.set(pressId, now().getTime() + PRESS_CLAIMED_MS);
      return 'ours';
    },
    done: async pressId => void until.set(pressId, Number.POSITIVE_INFINITY),
    release: async pressId => void until.delete(pressId),
  };
}
