import { setInterval } from 'node:timers/promises';
import { rssMiB } from '../../bench/usage.ts';
import type { OutageStage } from '../e2e/outage-stage.ts';

/** What was sent so far, whatever was broken. */
interface Fed {
  /** Names of alerts, each fired once in an Alertmanager that is always there. */
  readonly names: readonly string[];
  /** Issues of Sentry, whose event was sent once, and those of them that were not taken. */
  readonly issues: readonly string[];
  readonly refusedIssues: readonly string[];
  /** Resident memory of the replica that is sent to, in MiB. */
  readonly memory: readonly number[];
}

export interface Feeder extends Fed {
  /** So many more at once; resolves with their names. */
  burst(count: number): Promise<readonly string[]>;
  /** Resolves when the last was sent. */
  stop(): Promise<void>;
}

const EVERY_MS = 2_000;
const ALERTS = 2;
/** In one request to Alertmanager. */
const AT_ONCE = 100;
/** One event in so many turns. */
const EVENT_EVERY = 5;

/** Alerts and events all the while. */
export function feed(outage: OutageStage): Feeder {
  const stopping = new AbortController();
  const names: string[] = [];
  const issues: string[] = [];
  const refusedIssues: string[] = [];
  const memory: number[] = [];

  let serial = 0;

  async function burst(count: number): Promise<readonly string[]> {
    const fired = Array.from({ length: count }, () => `Soak${String(serial++).padStart(6, '0')}`);
    for (let from = 0; from < count; from += AT_ONCE) await outage.fire(fired.slice(from, from + AT_ONCE));
    names.push(...fired);
    return fired;
  }

  async function turn(count: number): Promise<void> {
    await burst(ALERTS);
    memory.push(rssMiB(outage.operator.process().pid));
    if (count % EVENT_EVERY !== 0) return;
    const issue = String(100_000 + count);
    const told = await outage.sentryEvent(issue);
    issues.push(issue);
    if (!('status' in told && told.status === 200)) refusedIssues.push(issue);
  }

  const feeding = (async () => {
    let count = 0;
    for await (const _ of setInterval(EVERY_MS, undefined, { signal: stopping.signal })) await turn(count++);
  })();
  // Ended by the abort; anything else is told by `stop`.
  const ended = feeding.catch((err: unknown) => {
    if (!stopping.signal.aborted) throw err;
  });
  ended.catch(() => undefined);
  return {
    names,
    issues,
    refusedIssues,
    memory,
    burst,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
