import { PortError, passesByItself } from '../../domain/ports/port-error.ts';

/** So many objects ask at once: the rest of the workers are for those whose SigNoz answers. */
const MOST = 4;
const DEADLINE_MS = 10_000;
const SILENT_MS = 5_000;

interface Silence {
  readonly why: PortError;
  readonly untilMs: number;
}

/** Objects that leave a SigNoz, which may be gone for good: however many they are, they hold up nobody else. */
export class Departures {
  readonly #monotonic: () => number;
  readonly #asking = new Map<string, number>();
  readonly #silent = new Map<string, Silence>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Asks the SigNoz at `url`, unless it has not answered another object just now. Undefined while too many ask. Throws PortError. */
  async ask<T>(url: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const { why, untilMs } = this.#silent.get(url) ?? { untilMs: -Infinity };
    if (why && this.#monotonic() < untilMs) throw why;
    this.#silent.delete(url);
    const asking = this.#asking.get(url) ?? 0;
    if (asking >= MOST) return undefined;
    this.#asking.set(url, asking + 1);
    try {
      return await answered(signal, work);
    } catch (err) {
      if (passesByItself(err)) this.#silent.set(url, { why: err, untilMs: this.#monotonic() + SILENT_MS });
      throw err;
    } finally {
      this.#done(url);
    }
  }

  #done(url: string): void {
    const asking = (this.#asking.get(url) ?? 1) - 1;
    if (asking > 0) this.#asking.set(url, asking);
    else this.#asking.delete(url);
  }
}

async function answered<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    return await work(AbortSignal.any([signal, deadline]));
  } catch (err) {
    if (!deadline.aborted || signal.aborted) throw err;
    throw new PortError('unavailable', `It did not answer in ${DEADLINE_MS / 1_000} s`, { cause: err });
  }
}
