import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type KubeClient, KubeError, type KubeRequest, type WatchEvent, type WatchRequest } from '../../src/kube/client.ts';

/** A client whose answers get lost, whose requests are refused and whose watches lag, on demand. */
export interface FaultyClient extends KubeClient {
  /** The answers to the next `times` requests that match are dropped after the API server has carried them out. */
  dropAnswers(matches: (request: KubeRequest) => boolean, times: number): void;
  /** Every answer comes so much later from now on, however long the API server took; who gives up meanwhile is not told. */
  delayAnswers(ms: number): void;
  /** The next `times` requests that match are refused with this error; the API server hears nothing of them. */
  refuse(matches: (request: KubeRequest) => boolean, times: number, err: KubeError): void;
  /** No watch says anything from now on, until the answer is called. */
  holdWatches(): () => void;
  /** Every event of a watch comes so much later from now on. */
  delayWatches(ms: number): void;
}

export function faultyClient(client: KubeClient): FaultyClient {
  const drops: { matches: (request: KubeRequest) => boolean; left: number }[] = [];
  const refusals: { matches: (request: KubeRequest) => boolean; left: number; err: KubeError }[] = [];
  let held: AbortController | undefined;
  let delayMs = 0;
  let answerDelayMs = 0;

  async function* watch(asked: WatchRequest): AsyncGenerator<WatchEvent, void, undefined> {
    for await (const event of client.watch(asked)) {
      if (held && !held.signal.aborted) await Promise.race([once(held.signal, 'abort'), once(asked.signal, 'abort')]);
      if (delayMs > 0) await pause(delayMs);
      yield event;
    }
  }

  return {
    watch,
    async request(asked) {
      const refusal = refusals.find(({ left, matches }) => left > 0 && matches(asked));
      if (refusal) {
        refusal.left -= 1;
        throw refusal.err;
      }
      const answer = await client.request(asked);
      if (answerDelayMs > 0) await late(answerDelayMs, asked.signal);
      const drop = drops.find(({ left, matches }) => left > 0 && matches(asked));
      if (!drop) return answer;
      drop.left -= 1;
      throw new KubeError('the answer was dropped', { reason: 'Unreachable' });
    },
    close: () => client.close(),
    dropAnswers: (matches, times) => void drops.push({ matches, left: times }),
    delayAnswers(ms) {
      answerDelayMs = ms;
    },
    refuse: (matches, times, err) => void refusals.push({ matches, left: times, err }),
    holdWatches() {
      const hold = new AbortController();
      held = hold;
      return () => hold.abort();
    },
    delayWatches(ms) {
      delayMs = ms;
    },
  };
}

async function late(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(ms, undefined, { ...(signal && { signal }) });
  } catch (err) {
    throw new KubeError('given up by its caller', { reason: 'Aborted', cause: err });
  }
}
