import { setTimeout as pause } from 'node:timers/promises';
import type { KubeClient } from '../src/kube/client.ts';
import { eventually } from '../test/parts/eventually.ts';
import type { Operator } from '../test/parts/operator.ts';
import { apiWrites } from './api-writes.ts';
import { built, inCluster } from './in-cluster.ts';
import { metricsPage } from './metrics-page.ts';
import { createProbes, listProbes } from './probes.ts';
import { atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage } from './stage.ts';
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
  const program = built();
  const stage = await raiseStage(keep);
  const operator = await stage.operator({ program, env: inCluster(stage, keep) });
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

async function measured(operator: Operator, client: KubeClient): Promise<{ writes: number; cpuShare: number }> {
  const { pid } = operator.process();
  const writes = await apiWrites(operator, client);
  await writes.sinceLast();
  // The page itself costs processor time.
  await pause(1_000);
  const [startMs, startCpu] = [performance.now(), cpuSeconds(pid)];
  await pause(WINDOW_MS);
  const cpuShare = (cpuSeconds(pid) - startCpu) / ((performance.now() - startMs) / 1_000);
  const written = await writes.sinceLast();
  await writes.stop();
  return { writes: written, cpuShare };
}
