import type { Priority } from '../../kube/ready-keys.ts';

interface Waiting {
  readonly go: () => void;
}

/** Writes that wait or run at once; more would only hold workers that other connections need. */
const MOST = 16;
/** Places beside those, for what people asked for: a resync of thousands must not stand before it. */
const MOST_ASKED = 8;
/** However long a server asks to be left alone: after that it is tried. */
const LONGEST_REST_MS = 300_000;
/** How soon those that were told of room must have come. */
const UNUSED_MS = 1_000;

/**
 * Writes to one SigNoz, whichever connection they come by, one after another: parallel ones gain nothing there (measured: it has one row that
 * every write locks). Those that people asked for go first.
 */
export class Lane {
  readonly #monotonic: () => number;
  readonly #waiting: Readonly<Record<Priority, Waiting[]>> = { normal: [], low: [] };
  /** Objects that found it full, and how each is told that there is room. */
  readonly #turnedAway: Readonly<Record<Priority, Map<string, () => void>>> = { normal: new Map(), low: new Map() };
  #busy = false;
  #restUntilMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** How many writes wait or are under way. */
  get length(): number {
    return this.#waiting.normal.length + this.#waiting.low.length + (this.#busy ? 1 : 0);
  }

  /** Whether another write may join. Whoever may not is told once there is room; it may come too late, and is told again. */
  admits(key: string, priority: Priority, wake: () => void): boolean {
    this.forget(key);
    if (this.#hasRoom(priority) && this.#restMs() <= 0) return true;
    this.#turnedAway[priority].set(key, wake);
    if (this.length === 0) this.#goOn();
    return false;
  }

  forget(key: string): void {
    for (const away of [this.#turnedAway.normal, this.#turnedAway.low]) away.delete(key);
  }

  /** Lets nobody in for so long. */
  rest(ms: number): void {
    this.#restUntilMs = this.#monotonic() + Math.min(ms, LONGEST_REST_MS);
  }

  /** Runs the write when it is its turn. Rejects with the signal's reason if that aborts before. */
  async run<T>(priority: Priority, signal: AbortSignal, write: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#busy) await this.#turn(priority, signal);
    this.#busy = true;
    try {
      return await write();
    } finally {
      this.#leave();
      this.#goOn();
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #hasRoom(priority: Priority): boolean {
    return this.length < MOST || (priority === 'normal' && this.#waiting.normal.length < MOST_ASKED);
  }

  #restMs(): number {
    return this.#restUntilMs - this.#monotonic();
  }

  #turn(priority: Priority, signal: AbortSignal): Promise<void> {
    const queue = this.#waiting[priority];
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        go: () => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      function giveUp(): void {
        queue.splice(queue.indexOf(waiting), 1);
        reject(signal.reason);
      }
      signal.addEventListener('abort', giveUp, { once: true });
      queue.push(waiting);
    });
  }

  /** The lane stays taken from one write to the next: nobody who comes in between overtakes those that wait. */
  #leave(): void {
    const next = this.#waiting.normal.shift() ?? this.#waiting.low.shift();
    if (next) next.go();
    else this.#busy = false;
  }

  #goOn(): void {
    clearTimeout(this.#timer);
    const restMs = this.#restMs();
    if (restMs > 0) this.#goOnIn(restMs);
    else this.#wake();
  }

  #goOnIn(ms: number): void {
    this.#timer = setTimeout(() => this.#goOn(), ms);
    this.#timer.unref();
  }

  /** As many as there is room for. Where none of them has anything to write any more, the others come next. */
  #wake(): void {
    for (let room = MOST - this.length; room > 0; room -= 1) {
      const away = this.#turnedAway.normal.size > 0 ? this.#turnedAway.normal : this.#turnedAway.low;
      const [first] = away;
      if (!first) return;
      away.delete(first[0]);
      first[1]();
    }
    if (this.#turnedAway.normal.size + this.#turnedAway.low.size > 0) this.#goOnIn(UNUSED_MS);
  }
}
