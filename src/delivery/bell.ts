/** Ends a wait before its time. A ring while nobody waits ends the next wait at once, so that none is missed. */
export interface Bell {
  ring(): void;
  /** Resolves after so long, or at a ring. */
  wait(ms: number): Promise<void>;
}

export function bell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms) {
      if (!rung && ms > 0) {
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = undefined;
      rung = false;
    },
  };
}
