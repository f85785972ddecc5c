import { setTimeout as pause } from 'node:timers/promises';
import { type BackoffPolicy, backoffMs } from './backoff.ts';
import { type KubeClient, KubeError, type WatchEvent } from './client.ts';
import { keyOf } from './key.ts';
import { isRawObject, isRecord, type RawObject, slim } from './object.ts';
import { isExpired, listPages } from './pages.ts';
import type { Priority } from './ready-keys.ts';
import { inStreamError } from './refusal.ts';
import type { Store } from './store.ts';

const BACKOFF: BackoffPolicy = { baseMs: 250, capMs: 30_000, jitter: 0.2 };
/** A watch that lasted this long was a good one: the next failure is a first failure again. */
const STABLE_MS = 5_000;
/**
 * One that brought anything counts as so many failures at most: connections that are cut again and again must not make a leader blind for
 * half a minute.
 */
const MOST_AFTER_NEWS = 2;
/** After so many refusals in a row the resourceVersion itself is suspect, for example after etcd was restored from a backup. */
const REFUSALS_BEFORE_RELIST = 3;

/** What the caller counts and logs of a reflector. */
export interface ReflectorObserver {
  listed(facts: { readonly objects: number; readonly tookMs: number }): void;
  watching(): void;
  /** `reason` is a KubeError's, or `Unreadable` for an object that `keep` threw on. */
  failed(reason: string, message: string): void;
}

export interface Reflection<T> {
  readonly client: KubeClient;
  /** Path of the collection to follow, see `collectionPath`. */
  readonly path: string;
  /** A labelSelector or fieldSelector. */
  readonly query?: Readonly<Record<string, string>>;
  /** The namespace that `path` names, so that reflectors of several namespaces can fill one store. */
  readonly namespace?: string;
  readonly store: Store<T>;
  /** What of an object is held; it comes without managedFields. Where this throws, what was held before stays. */
  readonly keep: (object: RawObject) => T;
  readonly observer: ReflectorObserver;
  /** Silence after which a watch is taken for dead; bookmarks come about once a minute. 90 s unless told otherwise. */
  readonly idleMs?: number;
  /** Gives [0, 1). */
  readonly random?: () => number;
  /** Milliseconds of a clock that never steps. */
  readonly monotonic?: () => number;
}

/** Keeps a store equal to what the API server holds: list, watch, and after any failure again, until it is aborted. */
export class Reflector<T> {
  /** Resolves after the first complete list; stays pending when the reflector ends before. */
  readonly synced: Promise<void>;
  /** Resolves with `synced`, or earlier, when the API server says that there is nothing here for us: a list answered with 403 or 404. */
  readonly answered: Promise<void>;
  readonly #given: Reflection<T>;
  readonly #random: () => number;
  readonly #monotonic: () => number;
  #markSynced: () => void = () => undefined;
  #markAnswered: () => void = () => undefined;
  #hasSynced = false;
  #lastActivity: number | undefined;
  #resourceVersion: string | undefined;
  #failures = 0;
  #refusals = 0;

  constructor(given: Reflection<T>) {
    this.#given = given;
    this.#random = given.random ?? Math.random;
    this.#monotonic = given.monotonic ?? (() => performance.now());
    this.synced = new Promise(resolve => {
      this.#markSynced = resolve;
    });
    this.answered = new Promise(resolve => {
      this.#markAnswered = resolve;
    });
  }

  /** Whether one list was read to its end, ever. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** When the API server was last heard of (list, start of a watch, event or bookmark), on the monotonic clock. */
  get lastActivity(): number | undefined {
    return this.#lastActivity;
  }

  /** Follows the collection until the signal fires; never throws, never ends before. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const failure = await this.#turn(signal);
      if (signal.aborted) return;
      await pause(this.#waitMs(failure), undefined, { signal }).catch(() => undefined);
    }
  }

  async #turn(signal: AbortSignal): Promise<KubeError | undefined> {
    let watchingSince: number | undefined;
    try {
      this.#resourceVersion ??= await this.#list(signal);
      watchingSince = this.#monotonic();
      await this.#watch(this.#resourceVersion, signal);
      this.#refusals = 0;
      return undefined;
    } catch (err) {
      if (signal.aborted) return undefined;
      return this.#failed(err);
    } finally {
      if (watchingSince !== undefined && this.#monotonic() - watchingSince >= STABLE_MS) this.#failures = 0;
    }
  }

  #failed(err: unknown): KubeError {
    const message = err instanceof Error ? err.message : String(err);
    const failure = err instanceof KubeError ? err : new KubeError(message, { reason: 'Internal', cause: err });
    if (failure.status === 403 || failure.status === 404) this.#markAnswered();
    const refused = failure.status !== undefined && failure.status !== 429;
    this.#refusals = refused ? this.#refusals + 1 : this.#refusals;
    if (isExpired(failure) || failure.reason === 'Malformed' || this.#refusals >= REFUSALS_BEFORE_RELIST) {
      this.#resourceVersion = undefined;
      this.#refusals = 0;
    }
    this.#tell(observer => observer.failed(failure.reason, failure.message));
    return failure;
  }

  #waitMs(failure: KubeError | undefined): number {
    const wait = backoffMs(BACKOFF, this.#failures, this.#random);
    this.#failures += 1;
    return Math.max(wait, failure?.retryAfterMs ?? 0);
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { client, path, query, namespace, store } = this.#given;
    const startedAt = this.#monotonic();
    const present = new Set<string>();
    // What a first list finds was there before we looked; a later one shows what was changed while no watch told us.
    const priority = this.#hasSynced ? 'normal' : 'low';
    const resourceVersion = await listPages({
      client,
      path,
      ...(query && { query }),
      signal,
      onStart: () => present.clear(),
      onPage: items => {
        this.#heard();
        for (const item of items) present.add(this.#put(item, priority));
      },
    });
    store.retain(present, namespace);
    this.#hasSynced = true;
    this.#markSynced();
    this.#markAnswered();
    const tookMs = this.#monotonic() - startedAt;
    this.#tell(observer => observer.listed({ objects: present.size, tookMs }));
    return resourceVersion;
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { client, path, query, idleMs = 90_000 } = this.#given;
    // Spread out, so that the watches of one process, and of all replicas, do not end together.
    const timeoutSeconds = String(300 + Math.floor(this.#random() * 300));
    this.#tell(observer => observer.watching());
    const asked = { ...query, resourceVersion, allowWatchBookmarks: 'true', timeoutSeconds };
    for await (const event of client.watch({ path, query: asked, idleMs, signal, granted: () => this.#heard() })) {
      this.#heard();
      this.#take(event);
      this.#refusals = 0;
      this.#failures = Math.min(this.#failures, MOST_AFTER_NEWS);
    }
  }

  #take({ type, object }: WatchEvent): void {
    if (type === 'ERROR') throw inStreamError(`WATCH ${this.#given.path}`, object);
    if (type === 'BOOKMARK') {
      this.#resourceVersion = versionOf(object) ?? this.#resourceVersion;
      return;
    }
    if (type === 'DELETED') this.#remove(object);
    else this.#put(object);
    this.#resourceVersion = versionOf(object) ?? this.#resourceVersion;
  }

  /** Its key. Throws KubeError for something that is no object at all. */
  #put(item: unknown, priority: Priority = 'normal'): string {
    const { path, keep, store } = this.#given;
    if (!isRawObject(item)) throw new KubeError(`${path} holds something that is no object`, { reason: 'Malformed' });
    const key = keyOf(item.metadata);
    try {
      store.put(key, { object: keep(slim(item)), resourceVersion: item.metadata.resourceVersion }, priority);
    } catch (err) {
      const why = err instanceof Error ? err.message : String(err);
      this.#tell(observer => observer.failed('Unreadable', `${path}: ${key} cannot be read: ${why}`));
    }
    return key;
  }

  #remove(item: unknown): void {
    const { path, store } = this.#given;
    if (!isRawObject(item)) throw new KubeError(`${path} lost something that is no object`, { reason: 'Malformed' });
    store.remove(keyOf(item.metadata));
  }

  #tell(what: (observer: ReflectorObserver) => void): void {
    try {
      what(this.#given.observer);
    } catch {
      // Counting must not stop what is counted.
    }
  }

  #heard(): void {
    this.#lastActivity = this.#monotonic();
  }
}

function versionOf(object: unknown): string | undefined {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  const version = isRecord(metadata) ? metadata['resourceVersion'] : undefined;
  return typeof version === 'string' && version !== '' ? version : undefined;
}
