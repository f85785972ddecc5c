import { fullJitter } from '../domain/delivery/next-try.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { Logger } from '../telemetry/logger.ts';
import { bell } from './bell.ts';
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
  /** Asks for it, at once or a little later; asking again before it has begun is the same asking. At once also ends a pause that failures brought. */
  owe(afterMs?: number): void;
  isOwed(): boolean;
  close(): Promise<void>;
}

/** Runs while it is owed, with backoff, one at a time. Asked for in the middle of a run, it runs once more: that run may have begun too early. */
export function chore({ what, withinMs, run, ended, log, random }: ChoreDeps): Chore {
  const ring = bell();
  const complain = complaint(log, what);
  const stop = new AbortController();
  let asked = 0;
  let settled = 0;
  let working: Promise<void> | undefined;

  async function attempt(): Promise<boolean> {
    try {
      await run(AbortSignal.any([stop.signal, AbortSignal.timeout(withinMs)]));
      complain.succeeded();
      ended('succeeded');
      return true;
    } catch (err) {
      if (stop.signal.aborted) return false;
      complain.failed(err);
      ended('failed');
      return await pause(err);
    }
  }

  let failures = 0;
  let backsOff = false;
  async function pause(err: unknown): Promise<false> {
    const askedMs = err instanceof PortError ? (err.retryAfterMs ?? 0) : 0;
    failures += 1;
    backsOff = askedMs === 0;
    await ring.wait(Math.max(askedMs, fullJitter(failures - 1, { random })));
    backsOff = false;
    return false;
  }

  async function work(): Promise<void> {
    while (settled < asked && !stop.signal.aborted) {
      const answering = asked;
      if (!(await attempt())) continue;
      failures = 0;
      settled = answering;
    }
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
      if (afterMs > 0 || !backsOff) return;
      // What was away is back: the pause had grown for as long as it was away.
      failures = 0;
      ring.ring();
    },
    isOwed: () => settled < asked,
    async close() {
      stop.abort();
      ring.ring();
      await working;
    },
  };
}
