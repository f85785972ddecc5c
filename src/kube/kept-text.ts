import type { Readable } from 'node:stream';

/** The end of an answer that may be longer than anybody would keep. */
export interface KeptText {
  readonly text: string;
  /** How many bytes before it were not kept. */
  readonly droppedBytes: number;
  /** Time was up before the answer had ended. */
  readonly unfinished: boolean;
}

export interface Keeping {
  readonly keepBytes: number;
  /** So long is read at most; what has come by then is given. */
  readonly withinMs: number;
}

/** Reads to the end and holds the last bytes alone. Throws what the stream throws, and where time is up before anything came. */
export async function keptEnd(body: Readable, { keepBytes, withinMs }: Keeping): Promise<KeptText> {
  const held: Buffer[] = [];
  let bytes = 0;
  let droppedBytes = 0;
  let unfinished = false;
  const timer = setTimeout(() => {
    unfinished = true;
    body.destroy(new Error(`no whole answer within ${withinMs} ms`));
  }, withinMs);
  try {
    for await (const chunk of body) {
      const next = Buffer.from(chunk);
      held.push(next);
      bytes += next.length;
      for (let first = held[0]; first && bytes - first.length >= keepBytes; first = held[0]) {
        held.shift();
        bytes -= first.length;
        droppedBytes += first.length;
      }
    }
  } catch (err) {
    if (!unfinished || bytes === 0) throw err;
  } finally {
    clearTimeout(timer);
  }
  const whole = Buffer.concat(held);
  const cut = Math.max(0, whole.length - keepBytes);
  return { text: whole.subarray(cut).toString('utf8'), droppedBytes: droppedBytes + cut, unfinished };
}
