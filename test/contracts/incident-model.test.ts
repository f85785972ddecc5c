import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { memoryIncidents } from '../../src/adapters/memory/incidents.ts';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis/connection.ts';
import { redisIncidents } from '../../src/adapters/redis/incidents/incidents.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { firstDifference, someSteps } from './incident-model.ts';

const RETENTION_MS = 100 * 86_400_000;

let part: Part;
let redis: RedisConnection;

beforeAll(async () => {
  part = await startRedis();
  redis = connectRedis({ url: part.url });
  await redis.ready(AbortSignal.timeout(20_000));
});

afterAll(async () => {
  redis.close();
  await part.stop();
});

// Below zero an anomaly that comes back is late at once.
it.each([
  ['re-opens', 1_000_000_000],
  ['opens anew', -1],
])(
  'what the domain decides and what the script does are the same, where what comes back %s',
  async (_, reopenWithinMs) => {
    let at = Date.UTC(2027, 0, 1);
    const now = (): Date => new Date((at += 1));
    const both = async () => {
      await redis.commands.call('FLUSHALL');
      return [
        memoryIncidents({ now, replica: 'r1', reopenWithinMs }),
        redisIncidents({ redis, replica: 'r1', reopenWithinMs, retentionMs: RETENTION_MS }),
      ] as const;
    };
    const same = fc.asyncProperty(someSteps, async steps => {
      expect(await firstDifference(await both(), steps)).toBeUndefined();
    });
    await fc.assert(same, { numRuns: 150 });
  },
  120_000,
);
