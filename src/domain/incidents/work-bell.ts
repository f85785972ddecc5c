export interface WorkBell {
  readonly ring: (partition: number) => void;
  /** Returns what ends it. */
  readonly onWork: (listener: (partition: number) => void) => () => void;
}

/** Tells those who deliver, in this process, that a partition has work. */
export function workBell(): WorkBell {
  const listeners = new Set<(partition: number) => void>();
  return {
    ring(partition) {
      for (const listener of listeners) listener(partition);
    },
    onWork(listener) {
      // A function of its own: the same listener twice is two.
      const own = (partition: number): void => listener(partition);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
