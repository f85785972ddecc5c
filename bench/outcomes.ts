import { setTimeout as pause } from 'node:timers/promises';
import { connectRedis } from '../src/adapters/redis/connection.ts';
import { redisLearning } from '../src/adapters/redis/learning/learning.ts';
import { startRedis } from '../test/parts/redis.ts';
import { built } from './in-cluster.ts';
import { asFastAsPossible, type Target } from './intake/load.ts';
import { outcomeBodies, outcomesOfAnomalies } from './intake/outcome-bodies.ts';
import { bareRoute } from './intake/start-bare-route.ts';
import { median } from './quantile.ts';
import { atLeast, atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage } from './stage.ts';

const CONNECTIONS = 32;
const ROUND = 6_000;
const ROUNDS = 3;
const ANOMALIES = 100_000;
/** Of each anomaly. */
const OUTCOMES = 10;
/** So many outcomes are handed over at once. */
const BATCH = 10_000;

/** As the intake bench, but with outcomes of repairs; then a million of them straight on the store, for what they take of its memory. */
export const outcomes: Bench = {
  name: 'outcomes',
  what: 'outcomes of repairs posted one by one: rate beside a bare route; memory of a million of them',
  takes: '2 minutes',
  run,
};

async function run(keep: Keep): Promise<BenchResult[]> {
  return [...(await besideBareRoute(keep)), ...(await million(keep))];
}

/** In turns, so that whatever else the machine does weighs on both. The first round warms up. */
async function besideBareRoute(keep: Keep): Promise<BenchResult[]> {
  const stage = await raiseStage(keep);
  const redis = keep(await startRedis({ appendOnly: true }));
  const { url } = await stage.operator({ redisUrl: redis.url, program: built(), env: { LOG_LEVEL: 'warn' } });
  const target: Target = {
    url: `${url}/api/v1/repairs/outcomes`,
    headers: { authorization: `Bearer ${stage.apiToken}` },
    connections: CONNECTIONS,
  };
  const bare: Target = { url: await bareRoute(keep), connections: CONNECTIONS };
  const shares: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const theirs = await asFastAsPossible(bare, outcomeBodies(ROUND));
    const ours = await asFastAsPossible(target, outcomeBodies(ROUND));
    if (round === 0) continue;
    shares.push(ours.perSecond / theirs.perSecond);
    rates.push(ours.perSecond);
  }
  console.log(`  ${median(rates).toFixed(0)} outcomes/s in posts of one`);
  const name = 'rate of posts of one outcome, as a share of a bare route with one EVALSHA';
  return [atLeast(name, { value: median(shares), unit: '', least: 0.45 })];
}

/** All that Redis took more for them, as it says itself, over the number of anomalies: keys, details, counters and known ids. */
async function million(keep: Keep): Promise<BenchResult[]> {
  const part = keep(await startRedis());
  const redis = connectRedis({ url: part.url });
  keep({ stop: async () => redis.close() });
  await redis.ready(AbortSignal.timeout(20_000));
  const learning = redisLearning(redis.commands);
  const used = async (): Promise<number> => Number(/^used_memory:(\d+)/m.exec(String(await redis.commands.call('INFO', 'memory')))?.[1]);
  const before = await used();
  const started = performance.now();
  for (const batch of outcomesOfAnomalies({ anomalies: ANOMALIES, each: OUTCOMES, batch: BATCH })) {
    await learning.record(batch, AbortSignal.timeout(120_000));
  }
  const seconds = (performance.now() - started) / 1000;
  // A table that grows is there twice until all of it has moved.
  await pause(2_000);
  const bytes = ((await used()) - before) / ANOMALIES;
  console.log(`  ${(ANOMALIES * OUTCOMES).toLocaleString('en')} outcomes in ${seconds.toFixed(0)} s`);
  return [atMost('memory of Redis for each of 100,000 anomalies with 10 outcomes', { value: bytes, unit: 'bytes', most: 4096 })];
}
