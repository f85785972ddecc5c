import { setTimeout as pause } from 'node:timers/promises';
import type { Operator } from '../test/parts/operator.ts';
import { startRedis } from '../test/parts/redis.ts';
import { built } from './in-cluster.ts';
import { oneBody, singleAlerts } from './intake/bodies.ts';
import { asFastAsPossible, atRate, type Target } from './intake/load.ts';
import { bareRoute } from './intake/start-bare-route.ts';
import { median, quantile } from './quantile.ts';
import { atLeast, atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage, type Stage } from './stage.ts';
import { rssMiB } from './usage.ts';

const CONNECTIONS = 32;
const ROUND = 6_000;
const ROUNDS = 3;
const PACED = { perSecond: 2_000, seconds: 10 };
const GROWTH = 100_000;
const STORM = { alerts: 1_000, times: 100 };

/**
 * The operator with its API, one Redis with an append-only file, and the load generator share two cores. Nobody is told of the incidents,
 * so that what is measured is taking alerts in: authentication, parsing, recognising, one script per alert, the answer.
 */
export const intake: Bench = {
  name: 'intake',
  what: 'alerts posted one by one and in large bodies: rate beside a bare route, time to the answer, memory',
  takes: '4 minutes',
  run,
};

async function run(keep: Keep): Promise<BenchResult[]> {
  const stage = await raiseStage(keep);
  const operator = await intakeOperator(keep, stage);
  const target = webhookOf(operator, stage);
  const bare = { url: await bareRoute(keep), connections: CONNECTIONS };
  return [
    ...(await besideBareRoute(target, bare)),
    ...(await paced(target)),
    ...(await largeBody(target)),
    ...(await repeats(target)),
    ...(await growth(target, operator)),
  ];
}

async function intakeOperator(keep: Keep, stage: Stage): Promise<Operator> {
  const redis = keep(await startRedis({ appendOnly: true }));
  return stage.operator({ redisUrl: redis.url, program: built(), env: { LOG_LEVEL: 'warn' } });
}

function webhookOf({ url }: Operator, { webhookToken }: Stage): Target {
  return {
    url: `${url}/api/v1/webhooks/alertmanager`,
    headers: { authorization: `Bearer ${webhookToken}` },
    connections: CONNECTIONS,
  };
}

/** In turns, so that whatever else the machine does weighs on both. The first round warms up. */
async function besideBareRoute(target: Target, bare: Target): Promise<BenchResult[]> {
  const shares: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const theirs = await asFastAsPossible(bare, singleAlerts(ROUND, { label: 'Bare' }));
    const ours = await asFastAsPossible(target, singleAlerts(ROUND, { label: 'Rate' }));
    if (round === 0) continue;
    shares.push(ours.perSecond / theirs.perSecond);
    rates.push(ours.perSecond);
  }
  console.log(`  ${median(rates).toFixed(0)} alerts/s in posts of one`);
  return [
    atLeast('rate of posts of one alert, as a share of a bare route with one EVALSHA', { value: median(shares), unit: '', least: 0.45 }),
  ];
}

async function paced(target: Target): Promise<BenchResult[]> {
  const { perSecond, seconds } = PACED;
  await atRate(target, { perSecond, bodies: singleAlerts(perSecond, { label: 'Warm' }) });
  const { latenciesMs } = await atRate(target, { perSecond, bodies: singleAlerts(perSecond * seconds, { label: 'Paced' }) });
  return [atMost('time to the answer at 2,000 alerts/s, p99', { value: quantile(latenciesMs, 0.99), unit: 'ms', most: 25 })];
}

async function largeBody(target: Target): Promise<BenchResult[]> {
  const bodies = Array.from({ length: 10 }, () => oneBody(1_000, { label: 'Large' }));
  const { latenciesMs } = await asFastAsPossible({ ...target, connections: 1 }, bodies);
  return [atMost('one body of 1,000 alerts, slowest of ten', { value: Math.max(...latenciesMs), unit: 'ms', most: 250 })];
}

/** The same alerts again and again, and as many new ones: in turns, median of the ratios. */
async function repeats(target: Target): Promise<BenchResult[]> {
  const storm = singleAlerts(STORM.alerts, { label: 'Storm' });
  await asFastAsPossible(target, storm);
  const costs: number[] = [];
  const again = STORM.times / 10;
  for (let turn = 0; turn < 10; turn += 1) {
    const repeated = await asFastAsPossible(target, Array.from({ length: again }, () => storm).flat());
    const fresh = await asFastAsPossible(target, singleAlerts(STORM.alerts * again, { label: 'Fresh' }));
    costs.push(fresh.perSecond / repeated.perSecond);
  }
  return [atMost('cost of a repeated alert, as a share of a new one', { value: median(costs), unit: '', most: 1 })];
}

async function growth(target: Target, operator: Operator): Promise<BenchResult[]> {
  const { pid } = operator.process();
  await asFastAsPossible(target, singleAlerts(GROWTH / 10, { label: 'Warm' }));
  await pause(5_000);
  const before = rssMiB(pid);
  for (let tenth = 0; tenth < 10; tenth += 1) await asFastAsPossible(target, singleAlerts(GROWTH / 10, { label: 'Growth' }));
  await pause(5_000);
  return [atMost('growth of resident memory over 100,000 alerts', { value: rssMiB(pid) - before, unit: 'MiB', most: 50 })];
}
