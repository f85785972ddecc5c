import { type KubeClient, KubeError } from './client.ts';
import type { Resource } from './controller.ts';
import { collectionPath, splitKey } from './key.ts';
import { isRecord } from './object.ts';
import { atLeast } from './own-writes.ts';
import type { KubeObject } from './reconcile.ts';

export interface Takeover {
  /**
   * Whether the cached object was written after this stretch of leadership began. Otherwise an earlier leader may have
   * recorded something on it that the cache does not show yet. Throws KubeError.
   */
  precedes(key: string, cached: KubeObject): Promise<boolean>;
}

/** One stretch of leadership, placed among the resourceVersions of its kind by one list of one object. */
export function takeover(given: { client: KubeClient; resource: Resource; signal: AbortSignal }): Takeover {
  let began: Promise<string> | undefined;

  async function versionNow(namespace: string | undefined): Promise<string> {
    const { client, resource, signal } = given;
    const path = collectionPath(resource, namespace);
    try {
      return versionOf(path, await client.request({ method: 'GET', path, query: { limit: '1' }, signal }));
    } catch (err) {
      began = undefined;
      throw err;
    }
  }

  return {
    async precedes(key, cached) {
      // Asked in the namespace of the first key: there we may list, and every namespace answers with the same version.
      began ??= versionNow(splitKey(key).namespace);
      return atLeast(cached.metadata.resourceVersion, await began);
    },
  };
}

function versionOf(path: string, list: unknown): string {
  const metadata = isRecord(list) ? list['metadata'] : undefined;
  const version = isRecord(metadata) ? metadata['resourceVersion'] : undefined;
  if (typeof version === 'string' && version !== '') return version;
  throw new KubeError(`GET ${path} was answered with something that is no list`, { reason: 'Malformed' });
}
