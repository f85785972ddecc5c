import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promotionMemoryContract } from '../../../test/contracts/promotion-memory.contract.ts';
import { type ConnectedRedis, startConnectedRedis } from '../../../test/parts/connected-redis.ts';
import { memoryPromotions } from '../memory/promotion-memory.ts';
import { redisPromotionMemory } from './promotion-memory.ts';

let redis: ConnectedRedis;

beforeAll(async () => {
  redis = await startConnectedRedis();
});
afterAll(() => redis.stop());

describe('in memory', () => {
  promotionMemoryContract(async () => memoryPromotions());
});

describe('in Redis', () => {
  promotionMemoryContract(async () => {
    await redis.ours.commands.call('FLUSHALL');
    return redisPromotionMemory(redis.ours.commands);
  });

  it('is the same for the next process, and is not kept for ever', async () => {
    const of = { anomalyKey: 'v1-7000000000000000', action: 'restart_pod' };
    const signal = AbortSignal.timeout(10_000);
    await redisPromotionMemory(redis.ours.commands).seen(of, 6, signal);
    expect(await redisPromotionMemory(redis.theirs.commands).lastSeen(of, signal)).toBe(6);
    const left = await redis.theirs.commands.call('TTL', `awoooi:promoted:${of.anomalyKey}:${of.action}`);
    expect(left).toBeGreaterThan(89 * 86_400);
  });
});
