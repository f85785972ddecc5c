import { fullJitter } from '../domain/delivery/next-try.ts';
import type { Logger } from '../telemetry/logger.ts';
import { bell } from './bell.ts';
import { complaint } from './complaint.ts';

export interface Repeated {
  /** As a log names it. */
  readonly what: string;
  readonly everyMs: number;
  /** One turn may take so long. */
  readonly withinMs: number;
  readonly turn: (signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
  readonly random: () => number;
}

export interface Repeating {
  /** Resolves once the turn under way has ended. */
  close(): Promise<void>;
}

const LONGEST_PAUSE_MS = 30_000;

/** Takes a turn now and then, for as long as the process lives. A failure is logged, once for each reason in a row, and slows it down. */
export function repeating({ what, everyMs, withinMs, turn, log, random }: Repeated): Repeating {
  const ring = bell();
  const complain = complaint(log, what);
  const stop = new AbortController();

  async function turns(): Promise<void> {
    let failures = 0;
    while (!stop.signal.aborted) {
      try {
        await turn(AbortSignal.any([stop.signal, AbortSignal.timeout(withinMs)]));
        complain.succeeded();
        failures = 0;
      } catch (err) {
        if (!stop.signal.aborted) complain.failed(err);
        failures += 1;
      }
      const slower = failures === 0 ? 0 : fullJitter(failures, { capMs: LONGEST_PAUSE_MS, random });
      if (!stop.signal.aborted) await ring.wait(Math.max(slower, everyMs * (0.75 + random() / 2)));
    }
  }

  const done = turns();
  return {
    async close() {
      stop.abort();
      ring.ring();
      await done;
    },
  };
}
