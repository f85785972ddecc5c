import { type BackoffPolicy, backoffMs } from './backoff.ts';
import { KubeError } from './client.ts';
import { DelayHeap } from './delay-heap.ts';
import { type Priority, ReadyKeys } from './ready-keys.ts';

export const QUEUE_BACKOFF: BackoffPolicy = { baseMs: 500, capMs: 300_000, jitter: 0.2 };

/** setTimeout fires at once beyond this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** How long an aborted turn may take to notice. */
const ABORT_GRACE_MS = 1000;
/**
 * So many turns begin between two turns of the event loop: those that wait for nothing outside would otherwise run one after another, all
 * ten thousand of them, and everything else would stand still meanwhile.
 */
const MOST_BEGUN_AT_ONCE = 8;

export interface QueueMetrics {
  /** Keys that wait for a worker. */
  depth(keys: number): void;
  /** How long a key waited for a worker. */
  latency(seconds: number): void;
  /** How long a turn took. */
  work(seconds: number): void;
  retry(): void;
  /** A turn that did not end at its deadline. */
  overdue(): void;
}

export interface TurnEnd {
  readonly requeueAfterMs?: number;
  /** The level of that turn; as this one's unless told otherwise. */
  readonly requeueAs?: Priority;
  /** The turn tried nothing: earlier failures go on counting. */
  readonly idle?: boolean;
}

/** One turn for one key. What it throws is retried with backoff, and not before a server that refused it says. */
export type Turn = (key: string, signal: AbortSignal, priority: Priority) => Promise<TurnEnd>;

/** A turn that was asked for, since when and at which level. */
interface Asked {
  readonly since: number;
  readonly priority: Priority;
}

export interface QueueOptions {
  readonly turn: Turn;
  readonly workers: number;
  /** After so long the turn's signal aborts and its worker goes on to other keys; the key itself stays taken until the turn ends. */
  readonly turnDeadlineMs: number;
  readonly backoff?: BackoffPolicy;
  readonly random: () => number;
  readonly metrics: QueueMetrics;
  readonly onFailure: (key: string, err: unknown) => void;
}

/**
 * A work queue of keys, as client-go's: a key waits at most once, never runs twice at a time, and runs again when it was
 * added while it ran. Nothing that was added is lost, short of a shutdown. What is `normal` goes before what is `low`; a key
 * that failed is retried at its level: a change that met a conflict is still a change, and ten thousand resyncs that met an
 * outage are still resyncs.
 */
export class WorkQueue {
  readonly #options: QueueOptions;
  readonly #delayed = new DelayHeap();
  /** Keys to be turned. A key that is running joins #ready only once it has ended. */
  readonly #dirty = new Map<string, Asked>();
  readonly #ready = new ReadyKeys();
  readonly #running = new Map<string, AbortController>();
  readonly #failures = new Map<string, number>();
  #busy = 0;
  /** Since the event loop was let go round last. */
  #begun = 0;
  #timer: NodeJS.Timeout | undefined;
  #armedFor: number | undefined;
  #state: 'idle' | 'open' | 'closed' = 'idle';
  #ended: (() => void) | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Begins to work; what was added before runs now. */
  start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'open';
    this.#work();
    this.#arm();
  }

  /** Asks for a turn as soon as a worker is free. A key that waits at `low` moves up when it is added at `normal`. */
  add(key: string, priority: Priority = 'normal'): void {
    const asked = this.#dirty.get(key);
    if (this.#state === 'closed' || asked?.priority === 'normal' || asked?.priority === priority) return;
    this.#dirty.set(key, { since: asked?.since ?? performance.now(), priority });
    if (this.#running.has(key)) return;
    this.#ready.put(key, priority);
    this.#work();
  }

  /** Asks for a turn after so long. One time is kept per key, the earliest, and the higher level. */
  addAfter(key: string, ms: number, priority: Priority = 'normal'): void {
    if (this.#state === 'closed') return;
    if (ms <= 0) return this.add(key, priority);
    this.#delayed.add(key, performance.now() + ms, priority);
    this.#arm();
  }

  /** Drops what is kept about a key that is gone: its failures and its delayed turn. */
  forget(key: string): void {
    this.#failures.delete(key);
    this.#delayed.delete(key);
  }

  /** How often the key has failed in a row. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /**
   * Starts no further turn and waits for those under way: at most `graceMs`, then their signals abort and they have one
   * more second. Answers the keys whose turns still had not ended.
   */
  async drain(graceMs: number): Promise<readonly string[]> {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    this.#delayed.clear();
    if (!(await this.#idleWithin(graceMs))) {
      this.abort();
      await this.#idleWithin(ABORT_GRACE_MS);
    }
    return [...this.#running.keys()];
  }

  /** Aborts the signals of all turns under way. */
  abort(): void {
    for (const running of this.#running.values()) running.abort(new Error('the controller stops'));
  }

  #idleWithin(ms: number): Promise<boolean> {
    if (this.#running.size === 0) return Promise.resolve(true);
    return new Promise(resolve => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#ended = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  #work(): void {
    while (this.#state === 'open' && this.#busy < this.#options.workers && this.#begun < MOST_BEGUN_AT_ONCE) {
      const key = this.#ready.take();
      if (key === undefined) break;
      if (this.#begun === 0) setImmediate(() => this.#goOn());
      this.#begun += 1;
      void this.#run(key);
    }
    this.#options.metrics.depth(this.#ready.size);
  }

  #goOn(): void {
    this.#begun = 0;
    this.#work();
  }

  async #run(key: string): Promise<void> {
    const { metrics, turnDeadlineMs } = this.#options;
    const started = performance.now();
    const { since, priority } = this.#dirty.get(key) ?? { since: started, priority: 'normal' };
    metrics.latency((started - since) / 1000);
    this.#dirty.delete(key);
    const abort = new AbortController();
    this.#running.set(key, abort);
    const leave = this.#occupyWorker();
    const deadline = setTimeout(() => {
      metrics.overdue();
      abort.abort(new Error(`the turn took longer than ${turnDeadlineMs} ms`));
      leave();
    }, turnDeadlineMs);
    await this.#turn(key, abort.signal, priority);
    clearTimeout(deadline);
    metrics.work((performance.now() - started) / 1000);
    this.#running.delete(key);
    const again = this.#dirty.get(key);
    if (again) this.#ready.put(key, again.priority);
    leave();
    if (this.#running.size === 0) this.#ended?.();
  }

  /** Takes one of the workers; the answer gives it back, once. */
  #occupyWorker(): () => void {
    let held = true;
    this.#busy += 1;
    return () => {
      if (held) this.#busy -= 1;
      held = false;
      this.#work();
    };
  }

  async #turn(key: string, signal: AbortSignal, priority: Priority): Promise<void> {
    const { turn, metrics, backoff = QUEUE_BACKOFF, random, onFailure } = this.#options;
    try {
      const { requeueAfterMs, requeueAs = priority, idle } = await turn(key, signal, priority);
      if (!idle) this.#failures.delete(key);
      if (requeueAfterMs !== undefined) this.addAfter(key, requeueAfterMs, requeueAs);
    } catch (err) {
      const failures = this.failures(key);
      this.#failures.set(key, failures + 1);
      metrics.retry();
      onFailure(key, err);
      const told = err instanceof KubeError ? err.retryAfterMs : undefined;
      this.addAfter(key, Math.max(backoffMs(backoff, failures, random), told ?? 0), priority);
    }
  }

  /** One timer for all delayed keys, set to the earliest. */
  #arm(): void {
    const due = this.#delayed.next;
    if (this.#state !== 'open' || due === this.#armedFor) return;
    clearTimeout(this.#timer);
    this.#armedFor = due;
    if (due === undefined) return;
    const wait = Math.min(Math.max(1, Math.ceil(due - performance.now())), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.#release(), wait);
  }

  #release(): void {
    this.#armedFor = undefined;
    const now = performance.now();
    for (let due = this.#delayed.take(now); due; due = this.#delayed.take(now)) this.add(due.key, due.priority);
    this.#arm();
  }
}
