import { fullJitter } from '../domain/delivery/next-try.ts';
import type { Deed, Outbox, Work } from '../domain/ports/outbox.ts';
import type { Logger } from '../telemetry/logger.ts';
import { bell } from './bell.ts';
import type { Postponed } from './channel.ts';
import { failureFields } from './complaint.ts';

/** Writes down what came of work. None of these throws. */
export interface Records {
  done(work: Work, deed: Deed): Promise<void>;
  again(work: Work, of: { readonly afterMs: number; readonly reason: string }): Promise<void>;
  postponed(work: Work, to: Omit<Postponed, 'is'>): Promise<void>;
  putBack(work: Work, afterMs: number): Promise<void>;
  givenUp(work: Work, reason: string): Promise<void>;
}

const CALL_WITHIN_MS = 5_000;
/** Redis may be away for a moment; a longer outage leaves the work with the outbox, which gives it out again. */
const TRIES = 4;
const LONGEST_PAUSE_MS = 2_000;

export function records({
  outbox,
  log,
  random,
  hurry,
}: {
  outbox: Outbox;
  log: Logger;
  random: () => number;
  hurry: AbortSignal;
}): Records {
  async function kept(work: Work, write: (signal: AbortSignal) => Promise<void>): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await write(AbortSignal.timeout(CALL_WITHIN_MS));
      } catch (err) {
        if (failures + 1 >= TRIES || hurry.aborted) {
          const { incidentId: incident, channel } = work;
          log.warn({ incident, channel, ...failureFields(err) }, 'what came of a delivery could not be recorded; it is done again');
          return;
        }
        await bell().wait(fullJitter(failures, { capMs: LONGEST_PAUSE_MS, random }));
      }
    }
  }

  return {
    done: (work, deed) => kept(work, signal => outbox.done(work, deed, signal)),
    again: (work, of) => kept(work, signal => outbox.again(work, of, signal)),
    putBack: (work, afterMs) => kept(work, signal => outbox.again(work, { afterMs }, signal)),
    givenUp: (work, reason) => kept(work, signal => outbox.giveUp(work, reason, signal)),
    postponed: (work, { afterMs, memo, anew = false }) =>
      kept(work, async signal => {
        if (memo) await outbox.remember(work, memo, signal);
        await outbox.again(work, { afterMs, anew }, signal);
      }),
  };
}
