import type { Priority } from '../../kube/ready-keys.ts';

/** How old the known channels may be where one of them is missing. */
const FRESH_MS = 5_000;

export interface MissingChannels {
  readonly missing: readonly string[];
  readonly existing: readonly string[];
}

export interface KnownChannelsOptions {
  readonly ask: (signal: AbortSignal) => Promise<readonly string[]>;
  readonly enqueue: (key: string, priority: Priority) => void;
  readonly monotonic: () => number;
}

/** The object that asks. */
export interface Asking {
  readonly key: string;
  readonly priority: Priority;
  readonly signal: AbortSignal;
}

/** The channels of one SigNoz, as the last list had them, or as somebody asked since. */
export class KnownChannels {
  readonly #options: KnownChannelsOptions;
  readonly #waiting = new Map<string, Priority>();
  #names: ReadonlySet<string> = new Set();
  #atMs = -Infinity;
  #asking = false;
  #refusal: { readonly why: unknown; readonly atMs: number } | undefined;

  constructor(options: KnownChannelsOptions) {
    this.#options = options;
  }

  learn(names: readonly string[]): void {
    this.#names = new Set(names);
    this.#atMs = this.#options.monotonic();
  }

  /**
   * Those of the names that no channel has. What is known may be a moment old, but not where one seems missing: then one object asks, and
   * whoever comes meanwhile is answered undefined and gets a turn after it, for a SigNoz that hangs must not hold all of them. Throws
   * PortError, for a moment also to those who did not ask themselves.
   */
  async missing(names: readonly string[], asking: Asking): Promise<MissingChannels | undefined> {
    if (this.#absent(names).length > 0 && !this.#isFresh(this.#atMs)) {
      if (this.#refusal && this.#isFresh(this.#refusal.atMs)) throw this.#refusal.why;
      if (this.#asking) {
        this.#waiting.set(asking.key, asking.priority);
        return undefined;
      }
      await this.#refresh(asking.signal);
    }
    return { missing: this.#absent(names), existing: [...this.#names] };
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    const { ask, monotonic } = this.#options;
    this.#asking = true;
    try {
      this.learn(await ask(signal));
    } catch (err) {
      // A turn that was cut off says nothing of SigNoz.
      if (!signal.aborted) this.#refusal = { why: err, atMs: monotonic() };
      throw err;
    } finally {
      this.#asking = false;
      this.#wake();
    }
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [key, priority] of waiting) this.#options.enqueue(key, priority);
  }

  #isFresh(atMs: number): boolean {
    return this.#options.monotonic() - atMs <= FRESH_MS;
  }

  #absent(names: readonly string[]): string[] {
    return names.filter(name => !this.#names.has(name));
  }
}
