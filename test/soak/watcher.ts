import { setInterval } from 'node:timers/promises';
import { rssMiB } from '../../bench/usage.ts';
import { endWithinTwoMinutes, firingCanaries } from '../e2e/canaries.ts';
import type { SoakStage } from './stage.ts';

/** What is looked at all the time, whatever is broken. */
export interface Watched {
  /** Resident memory of the survivor at each look, in MiB. */
  readonly memory: readonly number[];
  /** Longest time for which one canary was seen firing. */
  readonly longestFiringMs: number;
  /** Canaries whose own end lay too far ahead. */
  readonly endless: readonly string[];
}

const LOOK_EVERY_MS = 2_000;

export interface Watcher {
  stop(): Promise<Watched>;
}

export function watch({ alertmanager, namespace, operators }: SoakStage): Watcher {
  const stopping = new AbortController();
  const memory: number[] = [];
  const firstSeen = new Map<string, number>();
  const endless: string[] = [];
  let longestFiringMs = 0;

  async function look(): Promise<void> {
    memory.push(rssMiB(operators.survivor.process().pid));
    // Stopped or starting, it fires nothing.
    const canaries = await firingCanaries(alertmanager.url, namespace).catch(() => []);
    for (const canary of canaries) {
      const nonce = canary.labels['awoooi_nonce'] ?? '';
      const since = firstSeen.get(nonce) ?? performance.now();
      firstSeen.set(nonce, since);
      longestFiringMs = Math.max(longestFiringMs, performance.now() - since);
      if (!endWithinTwoMinutes([canary])) endless.push(`${nonce} until ${canary.endsAt}`);
    }
  }

  const watching = (async () => {
    for await (const _ of setInterval(LOOK_EVERY_MS, undefined, { signal: stopping.signal })) await look();
  })();
  // Ended by the abort; anything else is told by `stop`.
  const ended = watching.catch((err: unknown) => {
    if (!stopping.signal.aborted) throw err;
  });
  ended.catch(() => undefined);
  return {
    async stop() {
      stopping.abort();
      await ended;
      return { memory, longestFiringMs, endless };
    },
  };
}
