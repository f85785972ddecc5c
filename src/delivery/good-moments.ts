import type { LastGood } from '../domain/ports/last-good.ts';
import { type Repeated, type Repeating, repeating } from './repeating.ts';

export interface GoodMomentsDeps extends Pick<Repeated, 'log' | 'random'> {
  readonly lastGood: LastGood;
  readonly now: () => Date;
  readonly markEveryMs: number;
  readonly gapMs: number;
  /** False while something that was missed has still to be fetched. */
  readonly mayMark: () => boolean;
  /** Called once after each outage, of the store or of ourselves. */
  readonly outage: () => void;
}

const CALL_WITHIN_MS = 5_000;

/** Marks the last good moment over and over while the store takes it. When it did not, when it lost the mark, or when we slept, there was an outage. */
export function goodMoments({ lastGood, now, markEveryMs, gapMs, mayMark, outage, log, random }: GoodMomentsDeps): Repeating {
  let last = now();
  let wasAway = false;
  let wasMarked = false;

  async function mark(at: Date, signal: AbortSignal): Promise<void> {
    try {
      const before = await lastGood.read(signal);
      // Gone with everything else that the store held: senders believe it to be there, and say it again only at their next repeat.
      const isLost = wasMarked && !before;
      wasMarked = before !== undefined;
      if (isLost) outage();
      // After an outage the mark stays where it was until what was missed is fetched.
      else if (!mayMark() || wasAway) return;
      await lastGood.mark(at, signal);
      wasMarked = true;
    } catch (err) {
      wasAway = true;
      throw err;
    }
  }

  async function turn(signal: AbortSignal): Promise<void> {
    const at = now();
    // Stopped, frozen or starved: what was sent meanwhile met nobody. Marking first would hide that from everybody.
    const slept = at.getTime() - last.getTime() > gapMs + markEveryMs;
    last = at;
    if (slept) outage();
    await mark(at, signal);
    if (!wasAway) return;
    wasAway = false;
    outage();
  }

  return repeating({ what: 'noting that all is taken in', everyMs: markEveryMs, withinMs: CALL_WITHIN_MS, turn, log, random });
}
