import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stormsContract } from '../../../test/contracts/storms.contract.ts';
import type { Part } from '../../../test/parts/part.ts';
import { startRedis } from '../../../test/parts/redis.ts';
import { connectRedis, type RedisConnection } from './connection.ts';
import { redisStorms } from './storms.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

let part: Part;
let ours: RedisConnection;
let theirs: RedisConnection;

beforeAll(async () => {
  part = await startRedis();
  ours = connectRedis({ url: part.url });
  theirs = connectRedis({ url: part.url });
  await Promise.all([ours.ready(soon()), theirs.ready(soon())]);
});
beforeEach(async () => {
  await ours.commands.call('FLUSHALL');
});
afterAll(async () => {
  ours.close();
  theirs.close();
  await part.stop();
});

describe('Storms on Redis', () => {
  stormsContract(options => ({ storms: redisStorms(ours.commands, options), other: redisStorms(theirs.commands, options) }));

  it('ends a claim whose holder died', async () => {
    const storms = redisStorms(ours.commands);
    const storm = await storms.join('-1', { key: 'a', name: 'x', severity: 'info' }, soon());
    const stormId = storm?.id ?? '';
    expect(await storms.claim('-1', { stormId, forMs: -1 }, soon())).toBe(true);
    expect(await storms.claim('-1', { stormId, forMs: 60_000 }, soon())).toBe(true);
  });

  it('forgets all of it after days', async () => {
    const storms = redisStorms(ours.commands);
    await storms.opened({ key: 'a', at: new Date() }, soon());
    await storms.join('-1', { key: 'a', name: 'x', severity: 'info' }, soon());
    for (const key of ['awoooi:opened', 'awoooi:storm:-1']) expect(Number(await ours.commands.call('PTTL', key))).toBeGreaterThan(0);
    await storms.opened({ key: 'b', at: new Date(Date.now() + 5 * 86_400_000) }, soon());
    expect(await ours.commands.call('ZCARD', 'awoooi:opened')).toBe(1);
  });

  it('reads all of a storm for its card alone: a join costs no more the more have joined', async () => {
    const storms = redisStorms(ours.commands);
    await ours.commands.call('CONFIG', 'RESETSTAT');
    for (let n = 0; n < 20; n++) await storms.join('-1', { key: `${n}`, name: `n${n}`, severity: 'info' }, soon());
    expect(String(await ours.commands.call('INFO', 'commandstats'))).not.toContain('cmdstat_hgetall');
    expect((await storms.sum('-1', '0', soon()))?.counts).toMatchObject({ total: 20 });
  });

  it('says that Redis is away', async () => {
    const storms = redisStorms(ours.commands);
    await expect(storms.opened({ key: 'a', at: new Date() }, AbortSignal.abort())).rejects.toMatchObject({ fault: 'unavailable' });
  });
});
