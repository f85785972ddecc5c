import { z } from 'zod';
import type { KubeClient } from '../src/kube/client.ts';
import { collectionPath } from '../src/kube/key.ts';
import { eventually } from '../test/parts/eventually.ts';
import { forEachOf } from './probes.ts';

const DEPLOYMENTS = { group: 'apps', version: 'v1', plural: 'deployments' };
const IDLE_MS = 600_000;

const RESTARTED = 'kubectl.kubernetes.io/restartedAt';
const Annotations = z.record(z.string(), z.string()).default({});
const Deployment = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ template: z.object({ metadata: z.object({ annotations: Annotations }) }) }),
  status: z.object({ availableReplicas: z.int().default(0) }).default({ availableReplicas: 0 }),
});
const List = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(Deployment) });

/** Makes `app-0`, `app-1` and so on, each of one pod, and waits until they are available. */
export async function deployments(client: KubeClient, namespace: string, count: number): Promise<void> {
  const path = collectionPath(DEPLOYMENTS, namespace);
  await forEachOf(count, async index => {
    const labels = { app: `app-${index}` };
    const containers = [{ name: 'main', image: 'registry.example.com/app:1' }];
    const spec = { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } };
    await client.request({
      method: 'POST',
      path,
      body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: `app-${index}` }, spec },
    });
  });
  const available = async (): Promise<boolean> =>
    (await listed(client, namespace)).items.every(({ status }) => status.availableReplicas === 1);
  await eventually(available, { withinMs: 120_000, everyMs: 500 });
}

async function listed(client: KubeClient, namespace: string): Promise<z.infer<typeof List>> {
  return List.parse(await client.request({ method: 'GET', path: collectionPath(DEPLOYMENTS, namespace) }));
}

export interface ChangeWatch {
  /** When each was first seen restarted, on performance.now(). */
  readonly changed: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** Watches the Deployments of a namespace for those whose pods are to be made anew. */
export async function watchDeployments(client: KubeClient, namespace: string): Promise<ChangeWatch> {
  const { metadata } = await listed(client, namespace);
  const changed = new Map<string, number>();
  const ended = new AbortController();
  const query = { resourceVersion: metadata.resourceVersion };
  const watching = (async () => {
    for await (const { object } of client.watch({
      path: collectionPath(DEPLOYMENTS, namespace),
      query,
      idleMs: IDLE_MS,
      signal: ended.signal,
    })) {
      const atMs = performance.now();
      const { metadata: of, spec } = Deployment.parse(object);
      if (RESTARTED in spec.template.metadata.annotations && !changed.has(of.name)) changed.set(of.name, atMs);
    }
  })().catch((err: unknown) => {
    if (!ended.signal.aborted) throw err;
  });
  return {
    changed,
    async stop() {
      ended.abort();
      await watching;
    },
  };
}
