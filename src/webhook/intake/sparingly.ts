import type { AlertIntake } from '../../domain/ports/alert-intake.ts';

/**
 * Passes on that something came no more often than this: the time is read in minutes, and a storm would write it thousands of times a
 * second.
 */
export function sparingly({ touch }: Pick<AlertIntake, 'touch'>, everyMs: number): Pick<AlertIntake, 'touch'> {
  let last = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;

  async function write(at: Date, signal: AbortSignal): Promise<void> {
    await touch(at, signal);
    last = at.getTime();
  }

  return {
    async touch(at, signal) {
      // A clock that was set back is one to follow.
      if (Math.abs(at.getTime() - last) < everyMs) return;
      // What comes together is written once, and all of it waits for that.
      underWay ??= write(at, signal).finally(() => {
        underWay = undefined;
      });
      await underWay;
    },
  };
}
