import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { assemble, PROGRAM } from '../scripts/image/assemble.ts';
import { Root } from '../test/parts/installed.ts';
import type { Operator } from '../test/parts/operator.ts';
import { removeFolder, runFolder } from '../test/parts/run-folder.ts';
import { inCluster } from './in-cluster.ts';
import { median } from './quantile.ts';
import { atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage } from './stage.ts';
import { cpuSeconds, rssMiB } from './usage.ts';

const STARTS = 15;
/** V8 gives memory back in its own time. */
const CALM_MS = 30_000;

/**
 * The file tree of the image in the cluster configuration, started over and over as a process: from the moment it is spawned until it answers
 * /readyz, asked every 30 ms. Its files are in the page cache, as on a node that has run it before. What a container runtime needs besides is
 * not in it: `make image` prints that.
 */
export const coldStart: Bench = {
  name: 'cold-start',
  what: 'how soon the image’s program is ready, and what it uses at rest',
  takes: '1.5 minutes',
  run,
};

async function run(keep: Keep): Promise<BenchResult[]> {
  const program = join(await tree(keep), PROGRAM);
  const stage = await raiseStage(keep);
  const operator = await stage.operator({ program, env: { ...inCluster(stage, keep), ...imageEnvironment() } });
  const starts: number[] = [];
  const used: number[] = [];
  for (let count = 0; count < STARTS; count += 1) {
    starts.push(await startedIn(operator));
    used.push(cpuSeconds(operator.process().pid));
  }
  console.log(`  slowest ${Math.max(...starts).toFixed(0)} ms; of processor time ${(median(used) * 1_000).toFixed(0)} ms, median`);
  await pause(CALM_MS);
  return [
    atMost('from the start to ready, median', { value: median(starts) / 1_000, unit: 's', most: 1.5 }),
    atMost('RSS at rest', { value: rssMiB(operator.process().pid), unit: 'MiB', most: 130 }),
  ];
}

async function tree(keep: Keep): Promise<string> {
  const folder = runFolder('image');
  keep({ stop: async () => removeFolder(folder) });
  const root = join(folder, 'root');
  await assemble(Root, root);
  return root;
}

/** What the Dockerfile sets besides. */
function imageEnvironment(): Record<string, string> {
  const lines = readFileSync(join(Root, 'Dockerfile'), 'utf8').matchAll(/^ENV (\w+)=(\S+)$/gm);
  return Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
}

async function startedIn(operator: Operator): Promise<number> {
  await operator.halt();
  const began = performance.now();
  await operator.restart();
  return performance.now() - began;
}
