import { setTimeout as pause } from 'node:timers/promises';
import { jittered } from './backoff.ts';
import type { KubeClient } from './client.ts';
import type { RawObject } from './object.ts';
import { OwnWrites } from './own-writes.ts';
import { type QueueMetrics, WorkQueue } from './queue.ts';
import type { Priority } from './ready-keys.ts';
import type { Emission, Explain, KubeObject, Reconcile } from './reconcile.ts';
import { turnOf } from './turn.ts';

/** One stretch of leadership of this process. */
export interface Leadership {
  /** Aborts when leadership is lost. */
  readonly signal: AbortSignal;
  /** Judged by the monotonic time since the last renewal: true again never, once false. */
  isLeading(): boolean;
  /** Throws {@link KubeError} with reason `NotLeading` when {@link isLeading} is false. */
  assertLeading(): void;
}

/** Something that works only while this process leads. */
export interface Controller {
  readonly name: string;
  /** Works until `signal` aborts, then lets what is under way finish and resolves. Starts afresh each time. */
  start(signal: AbortSignal, leadership: Leadership): Promise<void>;
}

/** Which resource of the API server a controller looks after; `group` is empty for the core group. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** What a controller reads: every object of its kind, by `namespace/name`. */
export interface ObjectCache<T> {
  get(key: string): T | undefined;
  keys(): Iterable<string>;
  /**
   * Tells of every key that was added, changed or removed, after {@link get} shows it; as `low` of what a first list found,
   * which is no change. The answer ends the subscription.
   */
  subscribe(listener: (key: string, priority: Priority) => void): () => void;
}

/** Records Events; never throws and never waits. */
export interface EventSink {
  emit(about: KubeObject, emission: Emission): void;
}

/** How a turn ended: `waiting` is for the cache to show the last own write. */
export type TurnResult = 'ok' | 'fault' | 'stalled' | 'conflict' | 'gone' | 'waiting' | 'error';

export interface ControllerMetrics {
  readonly queue: QueueMetrics;
  turn(result: TurnResult, seconds: number): void;
  statusWrite(result: 'written' | 'unchanged' | 'failed'): void;
}

export interface ControllerOptions<T extends KubeObject> {
  readonly name: string;
  readonly resource: Resource;
  readonly client: KubeClient;
  readonly cache: ObjectCache<T>;
  /** Reads an object fetched live, as the reflector's `keep` does for the cache; throws when it is none of the kind. */
  readonly parse: (raw: RawObject) => T;
  readonly reconcile: Reconcile<T>;
  readonly explain: Explain;
  /** The object is gone: drop what is kept about it outside (metric series, timers). May be called more than once. */
  readonly onGone?: (key: string) => void;
  /** A stretch of leadership is over, however it ended: drop what was kept meanwhile, for the next leader reads the world anew. */
  readonly onEnd?: () => void;
  readonly events: EventSink;
  readonly fieldManager: string;
  readonly workers: number;
  readonly turnDeadlineMs: number;
  /** How long a shutdown waits for turns under way before it aborts them. */
  readonly drainMs: number;
  /** Every key is turned again after about so long, whatever happened: 10 min unless told otherwise. */
  readonly resyncMs?: number;
  /** How long a turn waits for the cache to show the last own write before it reads from the server: 5 s unless told otherwise. */
  readonly escapeMs?: number;
  readonly metrics: ControllerMetrics;
  readonly log: Log;
  readonly now: () => Date;
  readonly random: () => number;
}

/** What is not the kind's own business. */
export type ControllerFrame<T extends KubeObject> = Omit<
  ControllerOptions<T>,
  'name' | 'resource' | 'reconcile' | 'explain' | 'onGone' | 'onEnd' | 'workers' | 'turnDeadlineMs' | 'drainMs'
>;

/** The part of a pino logger that is used here. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** A controller whose keys can be enqueued from outside too (a Secret changed, a canary came back). */
export interface KindController extends Controller {
  /**
   * Asks for a turn, `normal` unless told otherwise; `low` is for many keys at a time that nobody waits for. Nothing happens while the
   * controller does not run, since a start turns every key anyhow.
   */
  enqueue(key: string, priority?: Priority): void;
}

const RESYNC_MS = 600_000;
const ESCAPE_MS = 5_000;
const RESYNC_JITTER = 0.1;

/**
 * The frame around a reconcile: turns every key of the cache, again whenever the object changes, and writes what the
 * reconcile decided. An own write of status alone asks for no further turn: whoever wants one says `requeueAfterMs`.
 * Changes go before the turns that a start and the resync ask for.
 */
export function controller<T extends KubeObject>(options: ControllerOptions<T>): KindController {
  const { name, cache, drainMs, log } = options;
  let running: WorkQueue | undefined;

  async function start(signal: AbortSignal, leadership: Leadership): Promise<void> {
    try {
      await lead(signal, leadership);
    } finally {
      options.onEnd?.();
    }
  }

  async function lead(signal: AbortSignal, leadership: Leadership): Promise<void> {
    const over = AbortSignal.any([signal, leadership.signal]);
    if (over.aborted) return;
    // Of this stretch of leadership alone: what an earlier one awaited or backed off no longer counts.
    const own = new OwnWrites<T>(options.escapeMs ?? ESCAPE_MS, () => performance.now());
    const queue: WorkQueue = new WorkQueue({
      turn: turnOf({ controller: options, own, leadership, again: (key, priority) => queue.add(key, priority), stopping: over }),
      workers: options.workers,
      turnDeadlineMs: options.turnDeadlineMs,
      random: options.random,
      metrics: options.metrics.queue,
      onFailure: (key, err) => log.warn({ controller: name, key, err }, 'turn failed'),
    });
    const unsubscribe = cache.subscribe((key, priority) => {
      const asked = own.changed(key, cache.get(key));
      if (asked) queue.add(key, priority === 'low' ? 'low' : asked);
    });
    running = queue;
    for (const key of cache.keys()) queue.add(key, 'low');
    queue.start();
    await resync(queue, over);
    if (running === queue) running = undefined;
    unsubscribe();
    await drained(queue, leadership);
  }

  /** Until the signal fires. Events can be lost and the world outside sends none: now and then everything is looked at. */
  async function resync(queue: WorkQueue, signal: AbortSignal): Promise<void> {
    const { resyncMs = RESYNC_MS, random } = options;
    while (await passed(jittered(resyncMs, RESYNC_JITTER, random), signal)) {
      for (const key of cache.keys()) queue.addAfter(key, random() * resyncMs * RESYNC_JITTER, 'low');
    }
  }

  async function drained(queue: WorkQueue, { signal }: Leadership): Promise<void> {
    const lost = (): void => queue.abort();
    signal.addEventListener('abort', lost, { once: true });
    const abandoned = await queue.drain(signal.aborted ? 0 : drainMs);
    signal.removeEventListener('abort', lost);
    if (abandoned.length > 0) log.warn({ controller: name, keys: abandoned }, 'turns did not end when told to');
  }

  return { name, start, enqueue: (key, priority) => running?.add(key, priority) };
}

async function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
