import { afterAll, beforeAll, describe } from 'vitest';
import { ingestOf } from '../../../../test/builders/ingest.ts';
import { learningRepositoryContract } from '../../../../test/contracts/learning-repository.contract.ts';
import { verifiedOutcomesContract } from '../../../../test/contracts/verified-outcomes.contract.ts';
import { type RedisCluster, startRedisCluster } from '../../../../test/parts/redis-cluster.ts';
import { connectRedis, type RedisConnection } from '../connection.ts';
import { redisIncidents } from '../incidents/incidents.ts';
import { redisLearning } from './learning.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

let cluster: RedisCluster;
let ours: RedisConnection;
let theirs: RedisConnection;

beforeAll(async () => {
  cluster = await startRedisCluster();
  [ours, theirs] = [connectRedis({ url: cluster.url }), connectRedis({ url: cluster.url })];
  await Promise.all([ours.ready(soon()), theirs.ready(soon())]);
});

afterAll(async () => {
  ours.close();
  theirs.close();
  await cluster.stop();
});

async function occur(anomalyKey: string, times: number): Promise<void> {
  const { incidents } = redisIncidents({ redis: ours, replica: 'r1', reopenWithinMs: 60_000, retentionMs: 3_600_000 });
  await incidents.ingest(
    Array.from({ length: times }, (_, n) => ingestOf({ anomalyKey, fingerprint: `f${n}` })),
    soon(),
  );
}

describe('LearningRepository on a Redis Cluster of three masters', () => {
  learningRepositoryContract(() => ({ learning: redisLearning(ours.commands), other: redisLearning(theirs.commands), occur }));

  describe('what is verified', () => {
    verifiedOutcomesContract(() => ({ learning: redisLearning(ours.commands) }));
  });
});
