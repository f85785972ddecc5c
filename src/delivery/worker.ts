import { fullJitter } from '../domain/delivery/next-try.ts';
import { sharedTimeout } from '../domain/signals/shared-timeout.ts';
import { PARTITIONS } from '../domain/incidents/partition.ts';
import { type Bell, bell } from './bell.ts';
import { failureFields } from './complaint.ts';
import { type HandDeps, type HandLimits, handOf } from './hand.ts';

export interface WorkerDeps extends Omit<HandDeps, 'hurry' | 'limits'> {
  /** Tells this replica from the others. */
  readonly consumer: string;
  readonly limits?: Partial<WorkerLimits>;
}

export interface WorkerLimits extends HandLimits {
  /** Of one look at one partition. */
  readonly count: number;
  /** How often a partition is looked at when nothing rings. */
  readonly lookEveryMs: number;
  /** How long `close` waits for deliveries under way. */
  readonly graceMs: number;
}

const LIMITS: WorkerLimits = {
  atOnce: 64,
  perChannel: 24,
  patienceMs: 1_000,
  count: 16,
  claimAfterMs: 30_000,
  actWithinMs: 20_000,
  actWithinMsOf: {},
  lookEveryMs: 1_000,
  graceMs: 4_000,
};

export interface DeliveryWorkers {
  start(): void;
  /** Takes nothing more, lets what is under way end, and after the grace puts it back. Loses nothing. */
  close(): Promise<void>;
}

const TAKE_WITHIN_MS = 5_000;
const SHARED_FOR_MS = 250;
/** While the store is away. */
const LONGEST_PAUSE_MS = 8_000;

/** How a look at a partition went, which says when to look again. */
type Look = 'more' | 'all' | 'turned-away' | 'failed';

/** Works the outbox: every replica all of its partitions. */
export function deliveryWorkers(deps: WorkerDeps): DeliveryWorkers {
  const limits = { ...LIMITS, ...deps.limits };
  const hurry = new AbortController();
  const hand = handOf({ ...deps, limits, hurry: hurry.signal });
  const bells = Array.from({ length: PARTITIONS }, bell);
  const stop = new AbortController();
  let loops: readonly Promise<void>[] = [];
  let stopListening: (() => void) | undefined;
  let away = false;
  const takeWithin = sharedTimeout(TAKE_WITHIN_MS, SHARED_FOR_MS);

  async function look(partition: number): Promise<Look> {
    const { consumer, outbox, log } = deps;
    const { count, claimAfterMs } = limits;
    try {
      const taken = await outbox.take(partition, { consumer, count, claimAfterMs }, takeWithin());
      if (away) log.info({}, 'the outbox can be reached again');
      away = false;
      const turnedAway = taken.filter(work => !hand.takeUp(work));
      if (taken.length > 0 && turnedAway.length === taken.length) return 'turned-away';
      return taken.length < count ? 'all' : 'more';
    } catch (err) {
      if (!away) log.warn(failureFields(err), 'the outbox cannot be reached; deliveries wait until it can');
      away = true;
      return 'failed';
    }
  }

  async function watch(partition: number, ring: Bell): Promise<void> {
    await ring.wait(deps.random() * limits.lookEveryMs);
    let again = 0;
    let last: Look = 'all';
    while (!stop.signal.aborted) {
      await hand.room();
      if (stop.signal.aborted) return;
      const looked = await look(partition);
      again = looked === last ? again + 1 : 0;
      last = looked;
      await ring.wait(pauseAfter(looked, again, { lookEveryMs: limits.lookEveryMs, random: deps.random }));
    }
  }

  return {
    start() {
      stopListening = deps.outbox.onWork(partition => bells[partition]?.ring());
      loops = bells.map((ring, partition) => watch(partition, ring));
    },
    async close() {
      stop.abort();
      stopListening?.();
      hand.close();
      for (const ring of bells) ring.ring();
      const timer = setTimeout(() => hurry.abort(new Error('the operator stops')), limits.graceMs);
      await Promise.all(loops);
      await hand.empty();
      clearTimeout(timer);
    },
  };
}

/** How long to wait for a ring, which comes with new work, before the next look. */
function pauseAfter(looked: Look, again: number, { lookEveryMs, random }: { lookEveryMs: number; random: () => number }): number {
  if (looked === 'more') return 0;
  if (looked === 'failed') return fullJitter(again, { capMs: LONGEST_PAUSE_MS, random });
  if (looked === 'turned-away') return Math.min(lookEveryMs, 50 * 2 ** again);
  return lookEveryMs * (0.75 + random() / 2);
}
