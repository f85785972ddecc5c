import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingestOf, newAnomaly } from '../../../../test/builders/ingest.ts';
import { learningRepositoryContract } from '../../../../test/contracts/learning-repository.contract.ts';
import { verifiedOutcomesContract } from '../../../../test/contracts/verified-outcomes.contract.ts';
import { type RedisCluster, startRedisCluster } from '../../../../test/parts/redis-cluster.ts';
import { connectRedis, type RedisConnection } from '../connection.ts';
import { redisIncidents } from '../incidents/incidents.ts';
import { redisEarlierLearning } from './earlier.ts';
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

  it('finds what an earlier system left on every master, and joins it to the timeline', async () => {
    const earlier = redisEarlierLearning(ours);
    const keys = Array.from({ length: 40 }, () => `learning:repair:${newAnomaly()}:restart_pod`);
    for (const key of keys) await ours.commands.call('RPUSH', key, '{"success":true}');
    const found = new Set<string>();
    for await (const page of earlier.keys('learning:repair:', soon())) for (const key of page) found.add(key);
    expect(found).toEqual(new Set(keys));
    expect(await earlier.read(keys[0] ?? '', soon())).toEqual({ entries: [{ text: '{"success":true}' }], isOther: false });
    await earlier.imported(keys[0] ?? '', 'as it was', soon());
    expect([await earlier.importedAs(keys[0] ?? '', soon()), await earlier.importedAs(keys[1] ?? '', soon())]).toEqual([
      'as it was',
      undefined,
    ]);
    const anomalyKey = newAnomaly();
    const occurrence = { id: 'earlier:1', at: new Date(Date.now() - 60_000) };
    expect(await earlier.occurred(anomalyKey, [occurrence, { id: 'earlier:2', at: new Date(0) }], soon())).toBe(1);
    expect(await earlier.occurred(anomalyKey, [occurrence], soon())).toBe(0);
    expect((await redisLearning(ours.commands).anomaly(anomalyKey, soon())).occurrences).toBe(1);
  });

  describe('what is verified', () => {
    verifiedOutcomesContract(() => ({ learning: redisLearning(ours.commands) }));
  });
});
