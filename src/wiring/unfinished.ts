/** Work that nobody waits for until the end. */
export class Unfinished {
  readonly #open = new Set<Promise<unknown>>();

  add(work: Promise<unknown>): void {
    const ended = (): void => void this.#open.delete(work);
    this.#open.add(work);
    work.then(ended, ended);
  }

  /** Resolves when all of it has ended, or after this long. */
  async settled(withinMs: number): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, withinMs);
    await Promise.race([Promise.allSettled(this.#open), over]);
    clearTimeout(timer);
  }
}
