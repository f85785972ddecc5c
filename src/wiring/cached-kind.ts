import type { KubeClient } from '../kube/client.ts';
import type { Resource } from '../kube/controller.ts';
import { type Reflectors, reflectNamespaces } from '../kube/reflectors.ts';
import { objectStore, type Store } from '../kube/store.ts';
import type { KubeMetrics } from '../telemetry/kube-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface CacheParts {
  readonly client: KubeClient;
  readonly namespaces: readonly string[];
  readonly kube: KubeMetrics;
  readonly log: Logger;
}

/** What this replica has seen of a kind, whoever leads, and what keeps it up to date. */
export interface CachedKind<T> {
  readonly store: Store<T>;
  readonly reflectors: Reflectors;
}

export function cachedKind<T>(
  resource: Resource,
  keep: (object: unknown) => T,
  { client, namespaces, kube, log }: CacheParts,
): CachedKind<T> {
  const { plural: kind } = resource;
  const store = objectStore<T>(err => log.error({ kind, err }, 'a listener of a cache failed'));
  const series = kube.reflector(kind);
  const reflectors = reflectNamespaces({
    client,
    resource,
    namespaces,
    store,
    keep,
    observer: { ...series, failed: (reason, message) => (series.failed(reason), log.warn({ kind, reason, message }, 'watch failed')) },
  });
  series.heardOf(() => reflectors.lastActivity);
  return { store, reflectors };
}
