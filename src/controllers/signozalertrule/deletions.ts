const KEPT_MS = 120_000;

interface Deletion {
  readonly at: Date;
  /** What its rule is in. */
  readonly of: object;
  /** Whether it has been dealt with. */
  readonly done: boolean;
}

/** When objects were deleted lately, also those that are gone by now: what the guard against mass deletion counts. */
export class Deletions {
  readonly #byKey = new Map<string, Deletion>();

  /** The object of this key was deleted. Answers the times of all deletions of rules in the same place. */
  note(key: string, at: Date, of: object): readonly Date[] {
    this.#byKey.set(key, { at, of, done: false });
    for (const [other, known] of this.#byKey) if (at.getTime() - known.at.getTime() > KEPT_MS) this.#byKey.delete(other);
    return [...this.#byKey.values()].filter(known => known.of === of).map(known => known.at);
  }

  done(key: string): void {
    const known = this.#byKey.get(key);
    if (known) this.#byKey.set(key, { ...known, done: true });
  }

  /** How many of those are gone. */
  gone(of: object): number {
    return [...this.#byKey.values()].filter(known => known.of === of && known.done).length;
  }

  clear(): void {
    this.#byKey.clear();
  }
}
