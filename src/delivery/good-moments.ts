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

/** The last good moment, and what this replica knows of it besides. */
export interface OwnGood extends LastGood {
  /** From when on something may have been missed: by whoever it was, if it is shared; by us, whatever is shared. */
  since(signal: AbortSignal): Promise<Date>;
}

/**
 * For so long a process that knows of no good moment takes it that something was missed: at its start, and when the store has lost the
 * moment.
 */
const LOOK_BACK_MS = 900_000;

/**
 * Others go on marking the one moment of all replicas while we are cut off, so that we remember our own. Of the time before we began nobody
 * remembers it: the process whose place we take may have died a while ago (docs/adr/0015).
 */
export function ownGood(lastGood: LastGood, now: () => Date): OwnGood {
  const longAgo = (): Date => new Date(now().getTime() - LOOK_BACK_MS);
  let own = longAgo();
  return {
    read: signal => lastGood.read(signal),
    async mark(at, signal) {
      own = await lastGood.mark(at, signal);
      return own;
    },
    async move(at, signal) {
      const moved = await lastGood.move(at, signal);
      own = moved ?? own;
      return moved;
    },
    async since(signal) {
      const shared = (await lastGood.read(signal)) ?? longAgo();
      return shared < own ? shared : own;
    },
  };
}

const CALL_WITHIN_MS = 5_000;

/**
 * Moves the last good moment on over and over while the store takes it; whoever has fetched what was missed sets it first. When it did not,
 * when it lost the mark, or when we slept, there was an outage.
 */
export function goodMoments({ lastGood, now, markEveryMs, gapMs, mayMark, outage, log, random }: GoodMomentsDeps): Repeating {
  let last = now();
  let wasAway = false;
  let wasThere = false;

  async function mark(at: Date, signal: AbortSignal): Promise<void> {
    try {
      // After an outage the mark stays where it was, or gone, until what was missed is fetched: who dies meanwhile has hidden nothing.
      const marked = mayMark() && !wasAway ? await lastGood.move(at, signal) : await lastGood.read(signal);
      // Gone with everything else that the store held: senders believe it to be there, and say it again only at their next repeat.
      const isLost = wasThere && !marked;
      wasThere = marked !== undefined;
      if (isLost) outage();
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
