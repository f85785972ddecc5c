import type { AlertIntake } from '../../domain/ports/alert-intake.ts';
import { orAborted } from '../../domain/signals/or-aborted.ts';

const WRITE_WITHIN_MS = 5_000;

/**
 * Passes on that something came no more often than this: the time is read in minutes, and a storm would write it thousands of times a
 * second.
 */
export function sparingly({ touch }: Pick<AlertIntake, 'touch'>, everyMs: number): Pick<AlertIntake, 'touch'> {
  let last = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;

  /** By a deadline of its own: whoever began it may have less time than those who wait for it too. */
  async function write(at: Date): Promise<void> {
    await touch(at, AbortSignal.timeout(WRITE_WITHIN_MS));
    last = at.getTime();
  }

  return {
    async touch(at, signal) {
      // A clock that was set back is one to follow.
      if (Math.abs(at.getTime() - last) < everyMs) return;
      // What comes together is written once, and all of it waits for that.
      underWay ??= write(at).finally(() => {
        underWay = undefined;
      });
      await orAborted(signal, underWay);
    },
  };
}
