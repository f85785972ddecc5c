import type { Refusal } from '../domain/ports/drill-registry.ts';

export interface Evidence {
  /** Keeps a refusal and writes it as soon as the store takes it, with its own time. Never throws and never waits. */
  refused(refusal: Refusal): void;
  /** Tries once more to write what is left, then gives up. */
  close(): Promise<void>;
}

export interface EvidenceOptions {
  readonly write: (refusal: Refusal, signal: AbortSignal) => Promise<void>;
  readonly retryAfterMs?: number;
  /** Beyond this many the oldest is forgotten: what is refused must not fill our memory. */
  readonly keep?: number;
}

const WRITE_WITHIN_MS = 2000;

/** What our own server refused, kept in memory while the store is away: a canary's verdict names it afterwards. */
export function evidence({ write, retryAfterMs = 500, keep = 1000 }: EvidenceOptions): Evidence {
  const waiting: Refusal[] = [];
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** In order, one at a time; the first failure leaves the rest for later. */
  async function drain(): Promise<void> {
    for (let next = waiting[0]; next; next = waiting[0]) {
      await write(next, AbortSignal.timeout(WRITE_WITHIN_MS));
      // While it was written it may have been pushed out.
      if (waiting[0] === next) waiting.shift();
    }
  }

  function start(): void {
    if (writing || timer) return;
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
      clearTimeout(timer);
      await writing;
      clearTimeout(timer);
      await drain().catch(() => {});
    },
  };
}
