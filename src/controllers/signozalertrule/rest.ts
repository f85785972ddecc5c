import { PortError } from '../../domain/ports/port-error.ts';

/** They are said of the key: whoever writes next with it would be told the same. */
const OF_THE_KEY: ReadonlySet<PortError['fault']> = new Set(['unauthorized', 'forbidden']);
const FIRST_MS = 5_000;
const LONGEST_MS = 60_000;

export interface Refusal {
  readonly why: PortError;
  /** For how long nobody writes. */
  readonly leftMs: number;
}

/** The rest of one key after SigNoz has refused a write with it: then one write is tried, ever more seldom, however many wait. */
export class Rest {
  readonly #monotonic: () => number;
  #refusals = 0;
  #untilMs = -Infinity;
  #why: PortError | undefined;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Undefined while anybody may write. */
  get refusal(): Refusal | undefined {
    const leftMs = this.#untilMs - this.#monotonic();
    return this.#why && leftMs > 0 ? { why: this.#why, leftMs } : undefined;
  }

  /** Writes, unless another write was refused while this one waited for its turn. */
  async unless<T>(work: () => Promise<T>): Promise<T> {
    const { refusal } = this;
    if (refusal) throw refusal.why;
    try {
      const done = await work();
      this.#refusals = 0;
      return done;
    } catch (err) {
      throw err instanceof PortError && OF_THE_KEY.has(err.fault) ? this.#begin(err) : err;
    }
  }

  /** The refused write may try again when all others may. */
  #begin(cause: PortError): PortError {
    const restMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(10, this.#refusals));
    this.#refusals += 1;
    this.#untilMs = this.#monotonic() + restMs;
    this.#why = new PortError(cause.fault, cause.message, { cause, retryAfterMs: restMs });
    return this.#why;
  }
}
