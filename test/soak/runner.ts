import { randomUUID } from 'node:crypto';
import { condition, type ProbeView } from '../e2e/probe-view.ts';
import { eventually } from '../parts/eventually.ts';

/** One run that was asked for. Times are of performance.now(). */
export interface Run {
  readonly beganMs: number;
  readonly endedMs: number;
  readonly passed: boolean;
  /** What Ready says of it. */
  readonly ready: string;
}

export interface Runner {
  /** In the order in which they ended. */
  readonly runs: readonly Run[];
  /** Resolves when the last run has ended. Throws what ended the running before. */
  stop(): Promise<void>;
}

/** A takeover, a restarted API server and a slow machine together. */
const ENDS_WITHIN = { withinMs: 120_000, everyMs: 100 };

/** Asks for one run after the other, whatever happens meanwhile. */
export function runContinuously(view: ProbeView): Runner {
  const runs: Run[] = [];
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) runs.push(await one(view));
  })();
  // Told by `stop`.
  running.catch(() => undefined);
  return {
    runs,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function one(view: ProbeView): Promise<Run> {
  const beganMs = performance.now();
  const runToken = randomUUID();
  await eventually(() => view.patch({ spec: { runToken } }).then(() => true), ENDS_WITHIN);
  const status = await eventually(async () => {
    const now = await view.status();
    return now.runToken === runToken && now.lastRun?.phase !== 'Running' && now;
  }, ENDS_WITHIN);
  const ready = condition(status);
  return { beganMs, endedMs: performance.now(), passed: ready === 'True/AllHopsPassed', ready };
}
