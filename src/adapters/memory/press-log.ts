import type { PressLog } from '../../domain/ports/press-log.ts';

/** Presses of one process, kept for as long as it lives. */
export function memoryPressLog(): PressLog {
  const handled = new Set<string>();
  return {
    async first(pressId) {
      if (handled.has(pressId)) return false;
      handled.add(pressId);
      return true;
    },
    forget: async pressId => void handled.delete(pressId),
  };
}
