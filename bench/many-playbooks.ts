import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { connectRedis } from '../src/adapters/redis/connection.ts';
import { redisLearning } from '../src/adapters/redis/learning/learning.ts';
import { REPAIR_PLAYBOOK } from '../src/crds/repairplaybook/kind.ts';
import type { PlaybookVersion, RepairOutcome } from '../src/domain/ports/learning-repository.ts';
import { eventually } from '../test/parts/eventually.ts';
import { Root } from '../test/parts/installed.ts';
import type { Operator } from '../test/parts/operator.ts';
import { apiWrites } from './api-writes.ts';
import { GAP_FLAGS, gapsOf } from './gaps.ts';
import { built, inCluster } from './in-cluster.ts';
import { anomalyKey } from './intake/outcome-bodies.ts';
import { metricsPage } from './metrics-page.ts';
import { createPlaybooks, judged, STEPS_HASH } from './playbooks.ts';
import { atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage } from './stage.ts';
import { rssMiB } from './usage.ts';

const PLAYBOOKS = 10_000;
/** Verified runs of each, all of which helped. */
const RUNS = 5;
const RESYNCS = 3;
/** V8 gives memory back in its own time. */
const CALM_MS = 15_000;
const FLAGS = [...GAP_FLAGS, '--import', join(Root, 'bench/short-resync.ts')];

/**
 * The operator as a cluster runs it, with 10,000 playbooks that have proved themselves. Nothing changes, but every one is judged anew at each resync, which
 * comes every minute here instead of every ten.
 */
export const manyPlaybooks: Bench = {
  name: 'many-playbooks',
  what: '10,000 playbooks at rest: what they cost over three resyncs',
  takes: '7 minutes',
  run,
};

const nameOf = (index: number): string => `restart-${index}`;

async function run(keep: Keep): Promise<BenchResult[]> {
  const program = built();
  const stage = await raiseStage(keep);
  const { client } = stage;
  const namespace = await stage.cluster.freshNamespace('many-playbooks');
  await teach(stage.redis.url, namespace);
  await createPlaybooks(client, { namespace, count: PLAYBOOKS, nameOf });
  const env = { ...inCluster(stage, keep), AWOOOI_NAMESPACES: namespace, LOG_LEVEL: 'warn' };
  const operator = await stage.operator({ program, env, nodeFlags: FLAGS });
  await eventually(async () => (await judged(client, namespace, RUNS)) === PLAYBOOKS, { withinMs: 300_000, everyMs: 3_000 });
  await pause(CALM_MS);
  const writes = await apiWrites(operator, client);
  await writes.sinceLast();
  await gapsOf(operator);
  const before = await turns(operator);
  // A resync is begun within a minute of the last and spread over the next one.
  await eventually(async () => (await turns(operator)) - before >= RESYNCS * PLAYBOOKS, { withinMs: 600_000, everyMs: 2_000 });
  const gaps = await gapsOf(operator);
  const written = await writes.sinceLast();
  await writes.stop();
  return [
    atMost('10,000 playbooks over three resyncs: writes to the API server besides the Lease', { value: written, unit: '', most: 0 }),
    atMost('10,000 playbooks over three resyncs: RSS, peak', {
      value: Math.max(gaps.peakMiB, rssMiB(operator.process().pid)),
      unit: 'MiB',
      most: 350,
    }),
    atMost('10,000 playbooks over three resyncs: longest event-loop block', { value: gaps.blockMs, unit: 'ms', most: 150 }),
    atMost('10,000 playbooks over three resyncs: of which computed by the thread itself', { value: gaps.busyMs, unit: 'ms', most: 150 }),
  ];
}

/** How many have ended. */
async function turns(operator: Operator): Promise<number> {
  return (await metricsPage(operator.opsUrl))('workqueue_work_duration_seconds_count', { name: REPAIR_PLAYBOOK.singular });
}

async function teach(url: string, namespace: string): Promise<void> {
  const redis = connectRedis({ url });
  await redis.ready(AbortSignal.timeout(20_000));
  const learning = redisLearning(redis.commands);
  for (let round = 0; round < RUNS; round += 1) {
    const outcomes = Array.from({ length: PLAYBOOKS }, (_, index) =>
      outcomeOf({ namespace, name: nameOf(index), steps: STEPS_HASH }, round),
    );
    await learning.record(outcomes, AbortSignal.timeout(120_000));
  }
  redis.close();
}

function outcomeOf(playbook: PlaybookVersion, round: number): RepairOutcome {
  return {
    id: `${playbook.name}-${round}`,
    anomalyKey: anomalyKey(playbook.name),
    action: 'restart_pod',
    success: true,
    by: `run ${round}`,
    executionSeconds: 12,
    verified: { anomalyClass: 'Slow/Deployment', playbook },
  };
}
