/** How old the known channels may be where one of them is missing. */
const FRESH_MS = 5_000;

export interface MissingChannels {
  readonly missing: readonly string[];
  readonly existing: readonly string[];
}

/** The channels of one SigNoz, as the last list had them, or as somebody asked since. */
export class KnownChannels {
  readonly #ask: (signal: AbortSignal) => Promise<readonly string[]>;
  readonly #monotonic: () => number;
  #names: ReadonlySet<string> = new Set();
  #atMs = -Infinity;
  #asking = false;

  constructor(ask: (signal: AbortSignal) => Promise<readonly string[]>, monotonic: () => number) {
    this.#ask = ask;
    this.#monotonic = monotonic;
  }

  learn(names: readonly string[]): void {
    this.#names = new Set(names);
    this.#atMs = this.#monotonic();
  }

  /**
   * Those of the names that no channel has. What is known may be a moment old, but not where one seems missing: then one asks, and whoever
   * comes meanwhile is answered undefined, for a SigNoz that hangs must not hold all of them. Throws PortError.
   */
  async missing(names: readonly string[], signal: AbortSignal): Promise<MissingChannels | undefined> {
    const isStale = this.#monotonic() - this.#atMs > FRESH_MS;
    if (isStale && this.#absent(names).length > 0) {
      if (this.#asking) return undefined;
      await this.#refresh(signal);
    }
    return { missing: this.#absent(names), existing: [...this.#names] };
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    this.#asking = true;
    try {
      this.learn(await this.#ask(signal));
    } finally {
      this.#asking = false;
    }
  }

  #absent(names: readonly string[]): string[] {
    return names.filter(name => !this.#names.has(name));
  }
}
