import { z } from 'zod';
import { ALERT_CHAIN_PROBE } from '../src/crds/alertchainprobe/kind.ts';
import { AlertChainProbeStatus } from '../src/crds/alertchainprobe/status.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { collectionPath } from '../src/kube/key.ts';

export const CONCURRENCY = 16;

const Created = z.object({ metadata: z.object({ name: z.string(), uid: z.string(), resourceVersion: z.string() }) });

export interface CreatedProbe {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Does `work` for 0 to count-1, `CONCURRENCY` at a time, and returns what each gave. */
export function forEachOf<T>(count: number, work: (index: number) => Promise<T>): Promise<readonly T[]> {
  return inTurn(count, CONCURRENCY, work);
}

/** The same, so many at a time. */
export async function inTurn<T>(count: number, atATime: number, work: (index: number) => Promise<T>): Promise<readonly T[]> {
  const given: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) given[index] = await work(index);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return given;
}

export interface Many {
  readonly namespace: string;
  readonly count: number;
  readonly nameOf?: (index: number) => string;
  readonly specOf: (index: number) => object;
}

/** Creates that many probes, as fast as the API server takes them. */
export function createProbes(
  client: KubeClient,
  { namespace, count, specOf, nameOf = index => `probe-${index}` }: Many,
): Promise<readonly CreatedProbe[]> {
  const path = collectionPath(ALERT_CHAIN_PROBE, namespace);
  const kind = { apiVersion: `${ALERT_CHAIN_PROBE.group}/${ALERT_CHAIN_PROBE.version}`, kind: ALERT_CHAIN_PROBE.kind };
  return forEachOf(count, async index => {
    const body = { ...kind, metadata: { name: nameOf(index) }, spec: specOf(index) };
    return Created.parse(await client.request({ method: 'POST', path, body })).metadata;
  });
}

const Listed = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  items: z.array(z.object({ metadata: Created.shape.metadata, status: AlertChainProbeStatus.default({}) })),
});
export type ListedProbes = z.infer<typeof Listed>;

export async function listProbes(client: KubeClient, namespace: string): Promise<ListedProbes> {
  return Listed.parse(await client.request({ method: 'GET', path: collectionPath(ALERT_CHAIN_PROBE, namespace), deadlineMs: 60_000 }));
}
