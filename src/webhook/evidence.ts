import type { Refusal } from '../domain/ports/drill-registry.ts';

export interface Evidence {
  /** Keeps a refusal and writes it as soon as the store takes it, with its own time. Never throws and never waits. */
  refused(refusal: Refusal): void;
  /** Tries once more to write what is left, within one deadline for all of it, then gives up. */
  close(): Promise<void>;
}

export interface EvidenceOptions {
  readonly write: (refusal: Refusal, signal: AbortSignal) => Promise<void>;
  readonly retryAfterMs?: number;
  /** Beyond this many the oldest is forgotten: what is refused must not fill our memory. */
  readonly keep?: number;
  readonly closeWithinMs?: number;
  /** Told at the close how many were not written, where any were not. */
  readonly gaveUp?: (count: number) => void;
}

const WRITE_WITHIN_MS = 2000;
/** Of a pod's grace period; the probes' listener and Redis close only afterwards. */
const CLOSE_WITHIN_MS = 2000;

/** What our own server refused, kept in memory while the store is away: a canary's verdict names it afterwards. */
export function evidence({ write, retryAfterMs = 500, keep = 1000, closeWithinMs = CLOSE_WITHIN_MS, gaveUp }: EvidenceOptions): Evidence {
  const waiting: Refusal[] = [];
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closing = false;
  const deadline = new AbortController();

  /** In order, one at a time; the first failure leaves the rest for later. */
  async function drain(): Promise<void> {
    for (let next = waiting[0]; next && !deadline.signal.aborted; next = waiting[0]) {
      await write(next, AbortSignal.any([AbortSignal.timeout(WRITE_WITHIN_MS), deadline.signal]));
      // While it was written it may have been pushed out.
      if (waiting[0] === next) waiting.shift();
    }
  }

  function start(): void {
    if (writing || timer || closing) return;
    writing = drain()
      .catch(() => {
        timer = setTimeout(() => {
          timer = undefined;
          start();
        }, retryAfterMs);
        timer.unref();
      })
      .finally(() => {
        writing = undefined;
        // What came between the last look and now has nobody else to start it.
        if (waiting.length > 0) start();
      });
  }

  return {
    refused(refusal) {
      waiting.push(refusal);
      if (waiting.length > keep) waiting.shift();
      start();
    },
    async close() {
      closing = true;
      clearTimeout(timer);
      const ending = setTimeout(() => deadline.abort(), closeWithinMs);
      await writing;
      clearTimeout(timer);
      await drain().catch(() => {});
      clearTimeout(ending);
      const left = waiting.splice(0).length;
      if (left > 0) gaveUp?.(left);
    },
  };
}
