import { once } from 'node:events';
import type { Controller, Leadership, Log } from './controller.ts';
import type { LeaseElection } from './lease.ts';

const FLUSH_MS = 2_000;
interface Followed {
  readonly answered: Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

export interface RunOptions {
  readonly election: LeaseElection;
  readonly controllers: readonly Controller[];
  /** They follow the API server on every replica, so that a new leader need not list first. */
  readonly reflectors: readonly Followed[];
  readonly events: { flush(deadlineMs: number): Promise<void>; close(): void };
  /** True once every cache holds what the API server let us read at the start; false from the first step of the shutdown on. */
  readonly ready: (yes: boolean) => void;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * Runs reflectors always and controllers while this process leads, until the signal aborts. Then in this order: not
 * ready, reflectors stop, workers finish, events are sent, the lease is given back; what then still waits to be sent is
 * given up. Connections stay open: they are others' too. Throws what made a controller end by itself.
 */
export async function runControllers(options: RunOptions): Promise<void> {
  const { election, reflectors, events, ready, signal, log } = options;
  const reflecting = new AbortController();
  const stopping = new AbortController();
  const running = Promise.all(reflectors.map(reflector => reflector.run(reflecting.signal)));
  const followNoMore = async (): Promise<void> => {
    ready(false);
    reflecting.abort();
    await running;
  };
  try {
    if (!(await answered(options))) return;
    ready(true);
    const electing = election.run(stopping.signal, (stop, leadership) => lead(options, stop, leadership));
    await Promise.race([aborted(signal), electing]);
    log.info({}, 'stopping');
    await followNoMore();
    stopping.abort();
    await electing;
  } finally {
    stopping.abort();
    await followNoMore();
    events.close();
  }
}

/** False when the signal fired before the API server had answered for every cache. */
async function answered({ reflectors, signal }: RunOptions): Promise<boolean> {
  const all = Promise.all(reflectors.map(reflector => reflector.answered)).then(() => true);
  return Promise.race([all, aborted(signal).then(() => false)]);
}

async function lead({ controllers, events, log }: RunOptions, stop: AbortSignal, leadership: Leadership): Promise<void> {
  const failed = new AbortController();
  const over = AbortSignal.any([stop, failed.signal]);
  const ends = await Promise.allSettled(
    controllers.map(async controller => {
      try {
        await controller.start(over, leadership);
      } catch (err) {
        log.warn({ controller: controller.name, err }, 'controller failed: all stop');
        failed.abort();
        throw err;
      }
    }),
  );
  await events.flush(FLUSH_MS);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
