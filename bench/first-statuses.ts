import { z } from 'zod';
import { ALERT_CHAIN_PROBE } from '../src/crds/alertchainprobe/kind.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { collectionPath } from '../src/kube/key.ts';

const Watched = z.object({ metadata: z.object({ name: z.string() }), status: z.record(z.string(), z.unknown()).optional() });

export interface FirstStatus {
  /** On performance.now(). */
  readonly atMs: number;
  readonly status: Readonly<Record<string, unknown>>;
}

export interface Sought {
  readonly namespace: string;
  /** From where on: that of a list or a write. */
  readonly resourceVersion: string;
  readonly names: ReadonlySet<string>;
}

const WITHIN_MS = 180_000;

/** The first status that each of these probes shows, with the moment at which a watcher saw it. Throws when one shows none in three minutes. */
export async function firstStatuses(
  client: KubeClient,
  { namespace, resourceVersion, names }: Sought,
): Promise<ReadonlyMap<string, FirstStatus>> {
  const found = new Map<string, FirstStatus>();
  const path = collectionPath(ALERT_CHAIN_PROBE, namespace);
  const watch = { path, query: { resourceVersion }, idleMs: WITHIN_MS, signal: AbortSignal.timeout(WITHIN_MS) };
  for await (const event of client.watch(watch)) {
    const { metadata, status } = Watched.parse(event.object);
    if (!status || !names.has(metadata.name) || found.has(metadata.name)) continue;
    found.set(metadata.name, { atMs: performance.now(), status });
    if (found.size === names.size) return found;
  }
  throw new Error(`the watch ended with ${found.size} of ${names.size} first statuses seen`);
}
