import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { KubeClient } from '../src/kube/client.ts';
import { eventually } from '../test/parts/eventually.ts';
import { Root } from '../test/parts/installed.ts';
import type { Operator } from '../test/parts/operator.ts';
import { removeFolder, runFolder } from '../test/parts/run-folder.ts';
import { metricsPage } from './metrics-page.ts';
import { createProbes, listProbes } from './probes.ts';
import { atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage, type Stage } from './stage.ts';
import { cpuSeconds, rssMiB } from './usage.ts';

const PROBES = 1_000;
const WINDOW_MS = 60_000;
/** V8 gives memory back and optimises what was hot in its own time. */
const CALM_MS = 30_000;
const SUSPENDED = {
  suspend: true,
  schedule: { every: '1m' },
  target: { url: 'http://127.0.0.1:9' },
  hops: [{ name: 'health', type: 'Health' }],
};
const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * The operator as a cluster runs it: the build, its ServiceAccount's token and CA from files, no kubeconfig. It looks after 1,000 suspended
 * probes and has nothing to do but hold its lease. For 60 s: its writes as it counts them itself, less the changes of the Lease that a watcher
 * sees; its processor time and, at the end, its resident memory as the kernel has them. Its metrics are scraped before and after,
 * not meanwhile.
 */
export const rest: Bench = {
  name: 'rest',
  what: 'what the operator uses while it looks after nothing, then after 1,000 suspended probes, in the cluster configuration',
  takes: '3 minutes',
  run,
};

async function run(keep: Keep): Promise<BenchResult[]> {
  execFileSync(process.execPath, [join(Root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], { cwd: Root });
  const stage = await raiseStage(keep);
  const operator = await stage.operator({ program: join(Root, 'dist/src/main.js'), env: inCluster(stage, keep) });
  await eventually(async () => (await metricsPage(operator.opsUrl))('awoooi_leader') === 1, { withinMs: 30_000 });
  const { pid } = operator.process();
  await pause(CALM_MS);
  const aloneMiB = rssMiB(pid);

  const namespace = await stage.cluster.freshNamespace('suspended');
  await createProbes(stage.client, { namespace, count: PROBES, specOf: () => SUSPENDED });
  await eventually(async () => (await listProbes(stage.client, namespace)).items.every(({ status }) => status.conditions !== undefined), {
    withinMs: 60_000,
    everyMs: 500,
  });
  await pause(CALM_MS);
  const { writes, cpuShare } = await measured(operator, stage.client);
  return [
    atMost('writes in 60 s besides the Lease, 1,000 suspended probes', { value: writes, unit: '', most: 0 }),
    atMost('CPU, 1,000 suspended probes', { value: cpuShare * 100, unit: '% of a core', most: 3 }),
    atMost('RSS at rest, no probes', { value: aloneMiB, unit: 'MiB', most: 130 }),
    atMost('RSS at rest, 1,000 suspended probes', { value: rssMiB(pid), unit: 'MiB', most: 130 }),
  ];
}

/** What the kubelet gives a pod, in a folder of our own. */
function inCluster({ cluster, token }: Stage, keep: Keep): Record<string, string> {
  const folder = runFolder('serviceaccount');
  keep({ stop: async () => removeFolder(folder) });
  writeFileSync(join(folder, 'token'), token, { mode: 0o600 });
  copyFileSync(cluster.caFile, join(folder, 'ca.crt'));
  const { hostname, port } = new URL(cluster.url);
  // A cache of compiled code, which tests use for the sake of quick starts, would stand in memory.
  return {
    NODE_COMPILE_CACHE: '',
    KUBECONFIG: '',
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    AWOOOI_SERVICE_ACCOUNT_DIR: folder,
  };
}

async function measured(operator: Operator, client: KubeClient): Promise<{ writes: number; cpuShare: number }> {
  const { pid } = operator.process();
  const lease = await leaseChanges(client);
  const counted = async (): Promise<{ written: number; renewed: number }> => {
    // Right after a renewal there is none for two seconds: the two counts belong together.
    const before = lease.count();
    const renewed = await eventually(() => (lease.count() > before ? lease.count() : undefined), { withinMs: 30_000, everyMs: 10 });
    const page = await metricsPage(operator.opsUrl);
    const written = WRITES.reduce((sum, verb) => sum + page('awoooi_kube_requests_total', { verb }), 0);
    return { written, renewed };
  };
  const from = await counted();
  // The page itself costs processor time.
  await pause(1_000);
  const [startMs, startCpu] = [performance.now(), cpuSeconds(pid)];
  await pause(WINDOW_MS);
  const cpuShare = (cpuSeconds(pid) - startCpu) / ((performance.now() - startMs) / 1_000);
  const to = await counted();
  await lease.stop();
  return { writes: to.written - from.written - (to.renewed - from.renewed), cpuShare };
}

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/awoooi-system/leases';
const List = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

/** Counts the changes of the operator's Lease from now on. */
async function leaseChanges(client: KubeClient): Promise<{ count(): number; stop(): Promise<void> }> {
  const { metadata } = List.parse(await client.request({ method: 'GET', path: LEASES }));
  const ended = new AbortController();
  let changes = 0;
  const watching = (async () => {
    const query = { resourceVersion: metadata.resourceVersion, fieldSelector: 'metadata.name=awoooi-operator' };
    for await (const { type } of client.watch({ path: LEASES, query, idleMs: WINDOW_MS, signal: ended.signal })) {
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
