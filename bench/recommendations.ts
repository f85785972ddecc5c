import { connectRedis } from '../src/adapters/redis/connection.ts';
import { redisLearning } from '../src/adapters/redis/learning/learning.ts';
import { redisIncidents } from '../src/adapters/redis/incidents/incidents.ts';
import { ingestOf } from '../test/builders/ingest.ts';
import { startRedis } from '../test/parts/redis.ts';
import { built } from './in-cluster.ts';
import { getsAtRate, type Target } from './intake/load.ts';
import { anomalyKey, outcomesOfActions } from './intake/outcome-bodies.ts';
import { median, quantile } from './quantile.ts';
import { atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage } from './stage.ts';

const CONNECTIONS = 32;
const ANOMALIES = 20;
const KNOWN = { actions: 20, each: 100 };
const PER_SECOND = 500;
/** Longer than the totals of all anomalies are kept: they are read anew meanwhile. */
const SECONDS = 45;

/**
 * Of twenty anomalies, half of which have an incident, each with 20 actions of 100 outcomes: asked for at a constant rate, whatever became of those
 * before, by a caller with a token. Operator, Redis and load generator share two cores.
 */
export const recommendations: Bench = {
  name: 'recommendations',
  what: 'what to try next over 20 actions with 100 outcomes each, asked for 500 times a second',
  takes: '2 minutes',
  run,
};

async function run(keep: Keep): Promise<BenchResult[]> {
  const program = built();
  const stage = await raiseStage(keep);
  const redis = keep(await startRedis({ appendOnly: true }));
  const keys = Array.from({ length: ANOMALIES }, (_, n) => anomalyKey(`recommended ${n}`));
  await fill(redis.url, keys);
  const { url } = await stage.operator({ redisUrl: redis.url, program, env: { LOG_LEVEL: 'warn' } });
  const headers = { authorization: `Bearer ${stage.apiToken}` };
  const target: Target = { url: `${url}/api/v1/learning/recommendation`, headers, connections: CONNECTIONS };
  const paths = (seconds: number): string[] => Array.from({ length: PER_SECOND * seconds }, (_, n) => keys[n % keys.length] ?? '');
  await getsAtRate(target, { perSecond: PER_SECOND, paths: paths(5) });
  const { latenciesMs, perSecond } = await getsAtRate(target, { perSecond: PER_SECOND, paths: paths(SECONDS) });
  console.log(`  ${perSecond.toFixed(0)}/s; slowest ${Math.max(...latenciesMs).toFixed(1)} ms`);
  return [
    atMost('time to the answer at 500/s, median', { value: median(latenciesMs), unit: 'ms', most: 20 }),
    atMost('time to the answer at 500/s, p99', { value: quantile(latenciesMs, 0.99), unit: 'ms', most: 20 }),
  ];
}

/** Straight on the store. */
async function fill(url: string, keys: readonly string[]): Promise<void> {
  const redis = connectRedis({ url });
  await redis.ready(AbortSignal.timeout(20_000));
  const learning = redisLearning(redis.commands);
  for (const batch of outcomesOfActions(keys, KNOWN)) await learning.record(batch, AbortSignal.timeout(60_000));
  const { incidents } = redisIncidents({ redis, replica: 'bench', reopenWithinMs: 60_000, retentionMs: 3_600_000 });
  const labels = { alertname: 'Slow', deployment: 'api' };
  const open = keys.slice(0, keys.length / 2).map(key => ingestOf({ anomalyKey: key, name: 'Slow', labels }));
  await incidents.ingest(open, AbortSignal.timeout(20_000));
  redis.close();
}
