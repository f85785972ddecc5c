/** What one key's piece of background work is at. */
export type TaskState<R> =
  | { readonly id: string; readonly phase: 'reserved' | 'running' }
  | { readonly id: string; readonly phase: 'done'; readonly result: R };

export interface TasksOptions {
  /** How many run at once; the others wait in the order they came. */
  readonly limit: number;
  /** Called when a piece of work has ended: the key is due for a turn. */
  readonly onDone: (key: string) => void;
}

interface Entry<R> {
  state: TaskState<R>;
  taken: boolean;
  readonly abort: AbortController;
}

/**
 * Work that outlasts a turn of the queue, at most one piece per key. A turn starts it and leaves; its end wakes the
 * key again, so that a probe that hangs holds a slot here and never a worker of the queue.
 */
export class Tasks<R> {
  readonly #entries = new Map<string, Entry<R>>();
  readonly #waiting: (() => void)[] = [];
  readonly #options: TasksOptions;
  #running = 0;

  constructor(options: TasksOptions) {
    this.#options = options;
  }

  state(key: string): TaskState<R> | undefined {
    return this.#entries.get(key)?.state;
  }

  /** Remembers that this process is about to record the intent of `id`; the work begins only with `start`. */
  reserve(key: string, id: string): void {
    this.drop(key);
    this.#entries.set(key, { state: { id, phase: 'reserved' }, taken: false, abort: new AbortController() });
  }

  /** The result of work that has ended, for the first who asks: what is told of it is told once. */
  takeResult(key: string): R | undefined {
    const entry = this.#entries.get(key);
    if (entry?.state.phase !== 'done' || entry.taken) return undefined;
    entry.taken = true;
    return entry.state.result;
  }

  /** Starts the reserved work. `work` must not throw; what it returns is kept until `drop`. */
  start(key: string, work: (signal: AbortSignal) => Promise<R>): void {
    const entry = this.#entries.get(key);
    if (entry?.state.phase !== 'reserved') return;
    entry.state = { id: entry.state.id, phase: 'running' };
    void this.#run(key, entry, work);
  }

  /** Gives up and forgets the key's work, if any: its signal aborts and its result is not heard. */
  drop(key: string): void {
    this.#entries.get(key)?.abort.abort();
    this.#entries.delete(key);
  }

  dropAll(): void {
    for (const key of this.#entries.keys()) this.drop(key);
  }

  async #run(key: string, entry: Entry<R>, work: (signal: AbortSignal) => Promise<R>): Promise<void> {
    await this.#slot();
    try {
      if (entry.abort.signal.aborted) return;
      const result = await work(entry.abort.signal);
      if (this.#entries.get(key) !== entry) return;
      entry.state = { id: entry.state.id, phase: 'done', result };
    } catch {
      // Work reports its failures in its result. What throws all the same is forgotten, so that the key's next turn begins anew.
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    } finally {
      this.#release();
      this.#options.onDone(key);
    }
  }

  async #slot(): Promise<void> {
    if (this.#running < this.#options.limit) {
      this.#running += 1;
      return;
    }
    await new Promise<void>(resolve => this.#waiting.push(resolve));
  }

  /** A slot passes straight on to whoever waits longest. */
  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}
