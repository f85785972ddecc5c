const KEPT_MS = 120_000;

interface Deletion {
  readonly at: Date;
  /** When this process saw it first. */
  readonly seenAt: Date;
  /** URL of the SigNoz that its rule is in. */
  readonly url: string;
  /** When its rule was gone, and whether somebody had said that it may. */
  readonly done?: { readonly at: Date; readonly confirmed: boolean };
}

/** What is known of the deletions around one. */
export interface Around {
  readonly seenAt: Date;
  /** When all objects were deleted whose rules are in the same place, this one included. */
  readonly deletions: readonly Date[];
  /** How many of their rules are gone. */
  readonly gone: number;
}

/** Which objects were deleted, also those that are gone by now: what the guard against mass deletion counts. */
export class Deletions {
  readonly #byKey = new Map<string, Deletion>();

  /** The object of this key was deleted. */
  note(key: string, { at, url, now }: { readonly at: Date; readonly url: string; readonly now: Date }): void {
    const known = this.#byKey.get(key);
    if (known?.at.getTime() === at.getTime() && known.url === url) return;
    this.#byKey.set(key, { at, url, seenAt: now });
  }

  /**
   * Those that wait count however long they do; those that are gone only for a while, and what was confirmed not against what came after it.
   */
  around(key: string, now: Date): Around {
    for (const [other, { done, at }] of this.#byKey) if (done && now.getTime() - at.getTime() > KEPT_MS) this.#byKey.delete(other);
    const { url, seenAt = now } = this.#byKey.get(key) ?? {};
    const there = [...this.#byKey.values()].filter(one => one.url === url && !(one.done?.confirmed && one.done.at < seenAt));
    return { seenAt, deletions: there.map(({ at }) => at), gone: there.filter(({ done }) => done).length };
  }

  /** Its rule is gone. */
  done(key: string, done: NonNullable<Deletion['done']>): void {
    const known = this.#byKey.get(key);
    if (known) this.#byKey.set(key, { ...known, done });
  }

  /** It waits no longer: what became of its rule does not count. */
  forget(key: string): void {
    if (this.#byKey.get(key)?.done === undefined) this.#byKey.delete(key);
  }

  clear(): void {
    this.#byKey.clear();
  }
}
