/** Changes that people make are `normal`; what the operator looks at by itself (a start, a resync) is `low` and waits for them. */
export type Priority = 'normal' | 'low';

/** So often in a row `low` is passed over at most: a tenth of the work keeps it alive under any flood. */
const MOST_PASSED_OVER = 9;

/** Keys that wait for a worker: `normal` before `low`, each in the order of arrival. */
export class ReadyKeys {
  readonly #normal = new Line();
  readonly #low = new Line();
  #passedOver = 0;

  get size(): number {
    return this.#normal.size + this.#low.size;
  }

  /** A key that waits at `low` may be put at `normal` too: it moves up, behind those that wait there. */
  put(key: string, priority: Priority): void {
    if (priority === 'low') return this.#low.push(key);
    this.#low.delete(key);
    this.#normal.push(key);
  }

  take(): string | undefined {
    const lowIsDue = this.#normal.size === 0 || this.#passedOver >= MOST_PASSED_OVER;
    if (lowIsDue && this.#low.size > 0) {
      this.#passedOver = 0;
      return this.#low.take();
    }
    this.#passedOver = this.#low.size === 0 ? 0 : this.#passedOver + 1;
    return this.#normal.take();
  }
}

/** First in, first out, with removal from the middle. */
class Line {
  readonly #keys = new Set<string>();
  /** One walk for life: a new one for each key would step over all that were taken before. */
  readonly #walk = this.#keys.values();

  get size(): number {
    return this.#keys.size;
  }

  push(key: string): void {
    this.#keys.add(key);
  }

  delete(key: string): void {
    this.#keys.delete(key);
  }

  take(): string | undefined {
    // A walk that has come to its end stays there, whatever is pushed later.
    if (this.#keys.size === 0) return undefined;
    const { value } = this.#walk.next();
    if (value !== undefined) this.#keys.delete(value);
    return value;
  }
}
