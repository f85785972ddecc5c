import { z } from 'zod';
import type { KubeClient } from '../src/kube/client.ts';
import { eventually } from '../test/parts/eventually.ts';
import type { Operator } from '../test/parts/operator.ts';
import { metricsPage } from './metrics-page.ts';

const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];

export interface ApiWrites {
  /** Right after a renewal of the Lease: what the operator wrote since this was asked last, besides the Lease. */
  sinceLast(): Promise<number>;
  stop(): Promise<void>;
}

/** The operator's writes to the API server as it counts them itself, less the changes of its Lease that a watcher sees. */
export async function apiWrites(operator: Operator, client: KubeClient): Promise<ApiWrites> {
  const lease = await leaseChanges(client);
  let last = 0;
  return {
    async sinceLast() {
      // Right after a renewal there is none for two seconds: the two counts belong together.
      const before = lease.count();
      const renewed = await eventually(() => (lease.count() > before ? lease.count() : undefined), { withinMs: 30_000, everyMs: 10 });
      const page = await metricsPage(operator.opsUrl);
      const others = WRITES.reduce((sum, verb) => sum + page('awoooi_kube_requests_total', { verb }), 0) - renewed;
      const since = others - last;
      last = others;
      return since;
    },
    stop: () => lease.stop(),
  };
}

/** A Lease that is not renewed for so long ends the counting. */
const IDLE_MS = 120_000;
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/awoooi-system/leases';
const List = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

/** Counts the changes of the operator's Lease from now on. */
async function leaseChanges(client: KubeClient): Promise<{ count(): number; stop(): Promise<void> }> {
  const { metadata } = List.parse(await client.request({ method: 'GET', path: LEASES }));
  const ended = new AbortController();
  let changes = 0;
  const watching = (async () => {
    const query = { resourceVersion: metadata.resourceVersion, fieldSelector: 'metadata.name=awoooi-operator' };
    for await (const { type } of client.watch({ path: LEASES, query, idleMs: IDLE_MS, signal: ended.signal })) {
      if (type === 'MODIFIED') changes += 1;
    }
  })().catch((err: unknown) => {
    if (!ended.signal.aborted) throw err;
  });
  return {
    count: () => changes,
    async stop() {
      ended.abort();
      await watching;
    },
  };
}
