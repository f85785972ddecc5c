import type { Resource } from './controller.ts';
import { collectionPath } from './key.ts';
import { type Reflection, Reflector } from './reflector.ts';

export interface NamespacesReflection<T> extends Omit<Reflection<T>, 'path' | 'namespace'> {
  readonly resource: Resource;
  /** Empty: all namespaces, and cluster-scoped kinds. */
  readonly namespaces: readonly string[];
}

export interface Reflectors {
  readonly synced: Promise<void>;
  /**
   * Resolves when each namespace was read once or refused: one without rights must not keep the others waiting. It joins when it can be
   * read.
   */
  readonly answered: Promise<void>;
  readonly hasSynced: boolean;
  /** The least recent of all: when each of them was heard of. */
  readonly lastActivity: number | undefined;
  /** Ends when the signal fires and every connection is closed. */
  run(signal: AbortSignal): Promise<void>;
}

/** One reflector for each namespace (or one for all), filling one store. */
export function reflectNamespaces<T>({ resource, namespaces, ...shared }: NamespacesReflection<T>): Reflectors {
  const all =
    namespaces.length === 0
      ? [new Reflector({ ...shared, path: collectionPath(resource) })]
      : [...new Set(namespaces)].map(namespace => new Reflector({ ...shared, path: collectionPath(resource, namespace), namespace }));
  return {
    synced: Promise.all(all.map(one => one.synced)).then(() => undefined),
    answered: Promise.all(all.map(one => one.answered)).then(() => undefined),
    get hasSynced() {
      return all.every(one => one.hasSynced);
    },
    get lastActivity() {
      const times = all.map(one => one.lastActivity);
      return times.every(time => time !== undefined) ? Math.min(...times) : undefined;
    },
    async run(signal) {
      await Promise.all(all.map(one => one.run(signal)));
    },
  };
}
