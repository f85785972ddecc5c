import type { Priority } from '../../kube/ready-keys.ts';

interface Waiting {
  readonly go: () => void;
}

/**
 * Writes to one SigNoz, one after another: parallel ones gain nothing there (measured: it has one row that every write locks). Those that
 * people asked for go first.
 */
export class Lane {
  readonly #waiting: Readonly<Record<Priority, Waiting[]>> = { normal: [], low: [] };
  #busy = false;

  /** How many writes wait or are under way. */
  get length(): number {
    return this.#waiting.normal.length + this.#waiting.low.length + (this.#busy ? 1 : 0);
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
    }
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
}
