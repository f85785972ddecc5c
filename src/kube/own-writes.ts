import { isDeepStrictEqual } from 'node:util';
import type { Priority } from './ready-keys.ts';
import type { KubeObject } from './reconcile.ts';

interface Awaited<T> {
  /** What the turn that wrote had before its eyes. */
  readonly base: T;
  /** What the write returned; undefined while it is unknown whether, and as what, the write was stored. */
  readonly resourceVersion: string | undefined;
  /** Since when the cache has been behind. */
  readonly since: number;
  /** A turn was refused and is to be made up for as soon as the cache shows the write. */
  parked: boolean;
}

/** Where a turn may read its object: the cache, the API server, or nowhere yet. */
export type ReadFrom = { readonly from: 'cache' | 'server' } | { readonly from: 'nowhere'; readonly waitMs: number };

/**
 * Remembers what this process wrote until the cache shows it, so that no turn ever starts on a state from before its own
 * last write (it would record an intent twice), and so that the echo of a write is not taken for a change.
 */
export class OwnWrites<T extends KubeObject> {
  readonly #awaited = new Map<string, Awaited<T>>();
  /** Changes seen while a write was under way: only its answer tells whether they are its echo. */
  readonly #heldBack = new Map<string, T[]>();
  /** What this process has written at least once. */
  readonly #written = new Set<string>();
  /** What this process has read from the server. */
  readonly #known = new Set<string>();
  /** Whose last turn was `low`. */
  readonly #low = new Set<string>();
  readonly #escapeMs: number;
  readonly #monotonic: () => number;

  /** A watch that lost an event must not block an object for ever: after `escapeMs` turns read from the server. */
  constructor(escapeMs: number, monotonic: () => number) {
    this.#escapeMs = escapeMs;
    this.#monotonic = monotonic;
  }

  /** A write goes out, decided on `base`. */
  begin(key: string, base: T): void {
    this.#await(key, base, undefined);
    this.#heldBack.set(key, []);
  }

  /** The write was stored as that resourceVersion. Answers the level of the turn that something else asks for which happened meanwhile. */
  stored(key: string, resourceVersion: string): Priority | undefined {
    const awaited = this.#awaited.get(key);
    if (awaited) this.#await(key, awaited.base, resourceVersion);
    this.#written.add(key);
    return this.#release(key);
  }

  /** The write was refused, or nobody knows: the next turn reads from the server. Answers as `stored` does. */
  unknown(key: string): Priority | undefined {
    return this.#release(key);
  }

  /** A turn reads this from the server: what is older is of no more use, and where the cache shows it, it need not be kept. */
  saw(key: string, live: T, cached: T): void {
    this.#known.add(key);
    const { uid, resourceVersion } = live.metadata;
    if (cached.metadata.uid === uid && atLeast(cached.metadata.resourceVersion, resourceVersion)) this.#awaited.delete(key);
    else this.#await(key, live, resourceVersion);
  }

  /** Whether this process has read the object from the server, or written it: then the cache is judged by that. */
  knows(key: string): boolean {
    return this.#known.has(key) || this.#written.has(key);
  }

  /** Whether an earlier leader may have written last: then the cache may be from before that, and nothing here would know. */
  isFirst(key: string): boolean {
    return !this.#written.has(key);
  }

  forget(key: string): void {
    this.#awaited.delete(key);
    this.#heldBack.delete(key);
    this.#written.delete(key);
    this.#known.delete(key);
    this.#low.delete(key);
  }

  /**
   * The cache changed. Answers the level of the turn that this asks for: the echo of a write that changed nothing but status asks for none,
   * and what nobody but this process did (a finalizer) goes on at the level of the turn that did it.
   */
  changed(key: string, now: T | undefined): Priority | undefined {
    const held = this.#heldBack.get(key);
    if (held && now) {
      held.push(now);
      return undefined;
    }
    return this.#askedBy(key, now);
  }

  /** Where the next turn, of that level, may read. Whoever is told `nowhere` is made up for by `changed`. */
  readFrom(key: string, cached: T, priority: Priority = 'normal'): ReadFrom {
    const awaited = this.#awaited.get(key);
    if (priority === 'normal') this.#low.delete(key);
    else if (!awaited?.parked) this.#low.add(key);
    if (!awaited) return { from: 'cache' };
    if (awaited.resourceVersion === undefined) return { from: 'server' };
    if (shows(cached, awaited)) {
      this.#awaited.delete(key);
      return { from: 'cache' };
    }
    const waitMs = awaited.since + this.#escapeMs - this.#monotonic();
    if (waitMs <= 0) return { from: 'server' };
    awaited.parked = true;
    return { from: 'nowhere', waitMs };
  }

  #await(key: string, base: T, resourceVersion: string | undefined): void {
    const since = this.#awaited.get(key)?.since ?? this.#monotonic();
    this.#awaited.set(key, { base, resourceVersion, since, parked: false });
  }

  #release(key: string): Priority | undefined {
    const held = this.#heldBack.get(key) ?? [];
    this.#heldBack.delete(key);
    const asked = held.map(change => this.#askedBy(key, change));
    return asked.find(priority => priority === 'normal') ?? asked.find(priority => priority === 'low');
  }

  #askedBy(key: string, now: T | undefined): Priority | undefined {
    const awaited = this.#awaited.get(key);
    if (!awaited) return 'normal';
    if (!now) {
      this.forget(key);
      return 'normal';
    }
    const { base, resourceVersion, parked } = awaited;
    const priority = this.#low.has(key) && isDeepStrictEqual(ofPeople(now), ofPeople(base)) ? 'low' : 'normal';
    if (resourceVersion === undefined || !shows(now, awaited)) return priority;
    this.#awaited.delete(key);
    const echo = now.metadata.resourceVersion === resourceVersion && sameButStatus(now, base);
    return parked || !echo ? priority : undefined;
  }
}

function shows<T extends KubeObject>(seen: T, { base, resourceVersion = '' }: Awaited<T>): boolean {
  return seen.metadata.uid !== base.metadata.uid || atLeast(seen.metadata.resourceVersion, resourceVersion);
}

/**
 * Whether one resourceVersion of an object is as new as another of the same object. The API promises this comparison from
 * 1.35 on (KEP-5504: they are decimal numbers); etcd revisions have been such numbers all along. Anything else is
 * compared for equality, and the read from the server is the way out where an equal one never shows.
 */
export function atLeast(have: string, want: string): boolean {
  if (!DECIMAL.test(have) || !DECIMAL.test(want)) return have === want;
  return have.length === want.length ? have >= want : have.length > want.length;
}

const DECIMAL = /^[1-9][0-9]*$/;

function sameButStatus(a: KubeObject, b: KubeObject): boolean {
  return isDeepStrictEqual([ofPeople(a), a.metadata.finalizers ?? []], [ofPeople(b), b.metadata.finalizers ?? []]);
}

/** What people change: controllers alone write status and finalizers. The generation stands for the whole spec. */
function ofPeople({ metadata }: KubeObject): unknown[] {
  const { uid, generation, deletionTimestamp, labels, annotations } = metadata;
  return [uid, generation, deletionTimestamp, labels ?? {}, annotations ?? {}];
}
