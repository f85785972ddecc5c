import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stormsContract } from '../../../test/contracts/storms.contract.ts';
import { type ConnectedRedis, startConnectedRedis } from '../../../test/parts/connected-redis.ts';
import { redisStorms } from './storms.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

let redis: ConnectedRedis;

beforeAll(async () => {
  redis = await startConnectedRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => void (await redis.ours.commands.call('FLUSHALL')));

describe('Storms on Redis', () => {
  stormsContract(options => ({ storms: redisStorms(redis.ours.commands, options), other: redisStorms(redis.theirs.commands, options) }));

  it('ends a claim whose holder died', async () => {
    const storms = redisStorms(redis.ours.commands);
    const storm = await storms.join('-1', { key: 'a', name: 'x', severity: 'info' }, soon());
    const stormId = storm?.id ?? '';
    expect(await storms.claim('-1', { stormId, forMs: -1 }, soon())).toBe(true);
    expect(await storms.claim('-1', { stormId, forMs: 60_000 }, soon())).toBe(true);
  });

  it('forgets all of it after days', async () => {
    const storms = redisStorms(redis.ours.commands);
    await storms.opened({ key: 'a', at: new Date() }, soon());
    await storms.join('-1', { key: 'a', name: 'x', severity: 'info' }, soon());
    for (const key of ['awoooi:opened', 'awoooi:storm:-1']) expect(Number(await redis.ours.commands.call('PTTL', key))).toBeGreaterThan(0);
    await storms.opened({ key: 'b', at: new Date(Date.now() + 5 * 86_400_000) }, soon());
    expect(await redis.ours.commands.call('ZCARD', 'awoooi:opened')).toBe(1);
  });

  it('reads all of a storm for its card alone: a join costs no more the more have joined', async () => {
    const storms = redisStorms(redis.ours.commands);
    await redis.ours.commands.call('CONFIG', 'RESETSTAT');
    for (let n = 0; n < 20; n++) await storms.join('-1', { key: `${n}`, name: `n${n}`, severity: 'info' }, soon());
    expect(String(await redis.ours.commands.call('INFO', 'commandstats'))).not.toContain('cmdstat_hgetall');
    expect((await storms.sum('-1', '0', soon()))?.counts).toMatchObject({ total: 20 });
  });

  it('says that Redis is away', async () => {
    const storms = redisStorms(redis.ours.commands);
    await expect(storms.opened({ key: 'a', at: new Date() }, AbortSignal.abort())).rejects.toMatchObject({ fault: 'unavailable' });
  });
});
