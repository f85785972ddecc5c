import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { memoryIncidents } from '../../src/adapters/memory/incidents.ts';
import { redisIncidents } from '../../src/adapters/redis/incidents/incidents.ts';
import { type ConnectedRedis, startConnectedRedis } from '../parts/connected-redis.ts';
import { firstDifference, someSteps } from './incident-model.ts';

const RETENTION_MS = 100 * 86_400_000;

let redis: ConnectedRedis;

beforeAll(async () => {
  redis = await startConnectedRedis();
});
afterAll(() => redis.stop());

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
      await redis.ours.commands.call('FLUSHALL');
      return [
        memoryIncidents({ now, replica: 'r1', reopenWithinMs }),
        redisIncidents({ redis: redis.ours, replica: 'r1', reopenWithinMs, retentionMs: RETENTION_MS }),
      ] as const;
    };
    const same = fc.asyncProperty(someSteps, async steps => {
      expect(await firstDifference(await both(), steps)).toBeUndefined();
    });
    await fc.assert(same, { numRuns: 150 });
  },
  120_000,
);
