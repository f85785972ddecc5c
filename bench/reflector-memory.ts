import { join } from 'node:path';
import type { Cluster } from '../test/parts/cluster.ts';
import { startControlPlane } from '../test/parts/control-plane.ts';
import { Root } from '../test/parts/installed.ts';
import { NODE_FLAGS } from '../test/parts/operator.ts';
import { startChild } from '../test/parts/process.ts';
import { atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { applyShapelessCrd, fillWithProbes } from './many-probes.ts';
import { Report } from './reflector-process.ts';

const OBJECTS = 10_000;
const SHAPES = [
  { hops: 1, mostMiB: 250 },
  { hops: 9, mostMiB: 400 },
] as const;

/** Memory and event-loop blocks of a process of its own that caches 10,000 probes: figures for docs/adr/0003. */
export const reflectorMemory: Bench = {
  name: 'reflector-memory',
  what: 'memory and event-loop blocks of a process that caches 10,000 probes, of one hop and of nine',
  takes: '2 minutes',
  run,
};

async function run(keep: Keep): Promise<BenchResult[]> {
  const plane = keep(await startControlPlane());
  await applyShapelessCrd(plane);
  const results: BenchResult[] = [];
  for (const { hops, mostMiB } of SHAPES) {
    const namespace = await plane.freshNamespace(`hops-${hops}`);
    await fillWithProbes(plane, { namespace, hops, count: OBJECTS });
    const report = await measured(plane, namespace, NODE_FLAGS);
    const what = `10,000 probes of ${hops} ${hops === 1 ? 'hop' : 'hops'}`;
    results.push(
      atMost(`${what}: RSS, peak`, { value: report.peakRssMiB, unit: 'MiB', most: mostMiB }),
      atMost(`${what}: RSS, at rest`, { value: report.restRssMiB, unit: 'MiB', most: mostMiB }),
      atMost(`${what}: longest event-loop block during the list`, { value: report.longestBlockMs, unit: 'ms', most: 100 }),
      atMost(`${what}: of which computed by the thread itself`, { value: report.longestBusyMs, unit: 'ms', most: 100 }),
    );
  }
  return results;
}

/** The process that measures itself holds the reflector and the operator's packages, and nothing of the making of the objects. */
async function measured(cluster: Cluster, namespace: string, flags: readonly string[]): Promise<Report> {
  const task = { url: cluster.url, caFile: cluster.caFile, token: cluster.adminToken, namespace };
  const child = startChild({
    name: 'reflector-process',
    command: process.execPath,
    args: [...flags, join(Root, 'bench/reflector-process.ts')],
    env: { PATH: process.env['PATH'], BENCH_TASK: JSON.stringify(task) },
  });
  await child.exited;
  const line = child
    .log()
    .split('\n')
    .find(text => text.startsWith('REPORT '));
  if (line === undefined) throw new Error(`the measured process gave no report:\n${child.log().slice(-2_000)}`);
  const report = Report.parse(JSON.parse(line.slice('REPORT '.length)));
  if (report.objects !== OBJECTS) throw new Error(`the measured process holds ${report.objects} objects, not ${OBJECTS}`);
  return report;
}
