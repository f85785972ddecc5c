import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  chainStateContract,
  deedLogContract,
  questionBudgetContract,
  sendRateContract,
} from '../../../../test/contracts/delivery-state.contract.ts';
import { ingestOf, newAnomaly } from '../../../../test/builders/ingest.ts';
import { incidentLifeContract } from '../../../../test/contracts/incident-life.contract.ts';
import { incidentListContract } from '../../../../test/contracts/incident-list.contract.ts';
import { incidentStoreContract } from '../../../../test/contracts/incident-store.contract.ts';
import { REOPEN_WITHIN_MS } from '../../../../test/contracts/incident-world.ts';
import { outboxContract } from '../../../../test/contracts/outbox.contract.ts';
import { outboxLossesContract } from '../../../../test/contracts/outbox-losses.contract.ts';
import { elapsed } from '../../../../test/parts/elapsed.ts';
import { type RedisCluster, startRedisCluster } from '../../../../test/parts/redis-cluster.ts';
import { redisChainState } from '../chain-state.ts';
import { connectRedis, type RedisConnection } from '../connection.ts';
import { redisDeedLog } from '../deed-log.ts';
import { redisQuestionBudget } from '../question-budget.ts';
import { redisSendRate } from '../send-rate.ts';
import { redisIncidents } from './incidents.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

let cluster: RedisCluster;
let redis: RedisConnection;
let admins: Redis[];

beforeAll(async () => {
  cluster = await startRedisCluster();
  redis = connectRedis({ url: cluster.url });
  admins = cluster.nodes.map(({ url }) => new Redis(url));
  await redis.ready(soon());
});

afterAll(async () => {
  redis.close();
  for (const admin of admins) admin.disconnect();
  await cluster.stop();
});

const world = () => ({
  ...redisIncidents({ redis, replica: 'r1', reopenWithinMs: REOPEN_WITHIN_MS, retentionMs: 3_600_000 }),
  elapse: elapsed,
});

const emptied = async () => {
  await Promise.all(admins.map(admin => admin.flushall()));
  return world();
};

const body = () => Array.from({ length: 48 }, (_, n) => ingestOf({ anomalyKey: newAnomaly(n % 16) }));

describe('on a Redis Cluster of three masters', () => {
  incidentStoreContract(world);
  incidentLifeContract(world);
  incidentListContract(emptied);
  outboxContract(emptied);
  outboxLossesContract(emptied);
  sendRateContract(() => ({ rate: redisSendRate(redis.commands), elapse: elapsed }));
  deedLogContract(() => redisDeedLog(redis.commands));
  chainStateContract(() => redisChainState(redis.commands));

  describe('the budget of questions', () => {
    questionBudgetContract(perHour => redisQuestionBudget(redis.commands, perHour));
  });

  it('spreads the partitions over all of them', async () => {
    const { incidents } = await emptied();
    const body = Array.from({ length: 64 }, (_, n) => ingestOf({ anomalyKey: newAnomaly(n % 16) }));
    await incidents.ingest(body, soon());
    const sizes = await Promise.all(admins.map(admin => admin.dbsize()));
    for (const size of sizes) expect(size).toBeGreaterThan(0);
  });

  it('goes on when a master has forgotten every script', async () => {
    const { incidents } = world();
    await incidents.ingest(body(), soon());
    await Promise.all(admins.map(admin => admin.script('FLUSH')));
    expect((await incidents.ingest(body(), soon())).map(({ is }) => is)).toEqual(Array(48).fill('accepted'));
  });
});
