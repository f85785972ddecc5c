import type { ObjectCache } from './controller.ts';
import type { Priority } from './ready-keys.ts';

/** What reflectors have seen of a kind, by key (`namespace/name`): reading it costs nothing, and it may be seconds old. */
interface Cache<T> extends ObjectCache<T> {
  list(): T[];
  keys(): string[];
  readonly size: number;
  /** Of the object as it is held, to be compared for equality only. */
  resourceVersion(key: string): string | undefined;
}

/** The side of it that reflectors write. Subscribers hear of a key after the change shows. */
export interface Store<T> extends Cache<T> {
  /** `low` says that it is no change, only seen for the first time. */
  put(key: string, entry: Entry<T>, priority?: Priority): void;
  remove(key: string): void;
  /** Removes the keys within a namespace (all without one) that are not in `present`. */
  retain(present: ReadonlySet<string>, namespace?: string): void;
}

interface Entry<T> {
  readonly object: T;
  readonly resourceVersion: string;
}

/** An empty store. A subscriber that throws is reported to `onThrow` and stops neither the others nor the reflector. */
export function objectStore<T>(onThrow: (err: unknown) => void = () => undefined): Store<T> {
  const entries = new Map<string, Entry<T>>();
  const listeners = new Set<(key: string, priority: Priority) => void>();

  function changed(key: string, priority: Priority = 'normal'): void {
    for (const listener of listeners) {
      try {
        listener(key, priority);
      } catch (err) {
        onThrow(err);
      }
    }
  }

  function remove(key: string): void {
    if (entries.delete(key)) changed(key);
  }

  return {
    get: key => entries.get(key)?.object,
    list: () => [...entries.values()].map(entry => entry.object),
    keys: () => [...entries.keys()],
    get size() {
      return entries.size;
    },
    resourceVersion: key => entries.get(key)?.resourceVersion,
    subscribe(listener) {
      // A function of its own for each subscription: the same listener may subscribe twice and leave once.
      const subscribed = (key: string, priority: Priority): void => listener(key, priority);
      listeners.add(subscribed);
      return () => void listeners.delete(subscribed);
    },
    put(key, entry, priority) {
      const differs = entries.get(key)?.resourceVersion !== entry.resourceVersion;
      entries.set(key, entry);
      if (differs) changed(key, priority);
    },
    remove,
    retain(present, namespace) {
      const within = namespace === undefined ? '' : `${namespace}/`;
      for (const key of entries.keys()) {
        if (key.startsWith(within) && !present.has(key)) remove(key);
      }
    },
  };
}
