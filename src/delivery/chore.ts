import { fullJitter } from '../domain/delivery/next-try.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type Bell, bell } from './bell.ts';
import { complaint } from './complaint.ts';

export interface ChoreDeps {
  /** As a log names it. */
  readonly what: string;
  readonly withinMs: number;
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly ended: (result: 'succeeded' | 'failed') => void;
  readonly log: Logger;
  readonly random: () => number;
}

/** Something that is owed until it has succeeded once since it was last asked for. */
export interface Chore {
  /**
   * Asks for it, at once or a little later; asking again before it has begun is the same asking. At once also ends a pause that failures
   * brought.
   */
  owe(afterMs?: number): void;
  isOwed(): boolean;
  close(): Promise<void>;
}

/**
 * Runs while it is owed, with backoff, one at a time. Asked for in the middle of a run, it runs once more: that run may have begun too
 * early.
 */
export function chore({ what, withinMs, run, ended, log, random }: ChoreDeps): Chore {
  const ring = bell();
  const backoff = backoffBy(ring, random);
  const complain = complaint(log, what);
  const stop = new AbortController();
  let asked = 0;
  let settled = 0;
  let working: Promise<void> | undefined;

  async function attempt(): Promise<void> {
    const answering = asked;
    try {
      await run(AbortSignal.any([stop.signal, AbortSignal.timeout(withinMs)]));
    } catch (err) {
      if (stop.signal.aborted) return;
      complain.failed(err);
      ended('failed');
      return await backoff.after(err);
    }
    settled = answering;
    backoff.reset();
    complain.succeeded();
    ended('succeeded');
  }

  async function work(): Promise<void> {
    while (settled < asked && !stop.signal.aborted) await attempt();
    working = undefined;
  }

  async function later(afterMs: number): Promise<void> {
    await ring.wait(afterMs);
    await work();
  }

  return {
    owe(afterMs = 0) {
      // What is still refused while we end must not keep the process alive.
      if (stop.signal.aborted) return;
      asked += 1;
      working ??= later(afterMs);
      // What was away is back: the pause had grown for as long as it was away.
      if (afterMs === 0) backoff.end();
    },
    isOwed: () => settled < asked,
    async close() {
      stop.abort();
      ring.ring();
      await working;
    },
  };
}

interface Backoff {
  /** Waits for as long as the failure asks, or else the longer the more failures there were in a row. */
  after(err: unknown): Promise<void>;
  /** Ends a wait of the second kind, and starts anew. */
  end(): void;
  reset(): void;
}

function backoffBy(ring: Bell, random: () => number): Backoff {
  let failures = 0;
  let isOurs = false;
  return {
    async after(err) {
      const askedMs = err instanceof PortError ? (err.retryAfterMs ?? 0) : 0;
      failures += 1;
      isOurs = askedMs === 0;
      await ring.wait(Math.max(askedMs, fullJitter(failures - 1, { random })));
      isOurs = false;
    },
    end() {
      if (!isOurs) return;
      failures = 0;
      ring.ring();
    },
    reset() {
      failures = 0;
    },
  };
}
