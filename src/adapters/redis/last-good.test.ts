import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { lastGoodContract } from '../../../test/contracts/last-good.contract.ts';
import { type ConnectedRedis, startConnectedRedis } from '../../../test/parts/connected-redis.ts';
import { KEYS } from './keys.ts';
import { redisLastGood } from './last-good.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
let redis: ConnectedRedis;

beforeAll(async () => {
  redis = await startConnectedRedis();
});
afterAll(() => redis.stop());

beforeEach(async () => void (await redis.ours.commands.call('FLUSHALL')));

lastGoodContract(() => ({ lastGood: redisLastGood(redis.ours.commands), other: redisLastGood(redis.theirs.commands) }));

it('says so rather than nothing where the key holds no time, and marks over it', async () => {
  const lastGood = redisLastGood(redis.ours.commands);
  await redis.ours.commands.set(KEYS.lastGood, 'soon');
  await expect(lastGood.read(soon())).rejects.toMatchObject({ fault: 'unavailable' });
  await lastGood.mark(new Date(5), soon());
  expect(await lastGood.read(soon())).toEqual(new Date(5));
});

it('is never a moment that is yet to come, whatever the clock of a replica says', async () => {
  const lastGood = redisLastGood(redis.ours.commands);
  const inAnHour = new Date(Date.now() + 3_600_000);
  expect((await lastGood.mark(inAnHour, soon())).getTime()).toBeLessThan(inAnHour.getTime() - 1_800_000);
  expect((await lastGood.read(soon()))?.getTime()).toBeLessThan(inAnHour.getTime() - 1_800_000);
  // As the version before left it.
  await redis.ours.commands.set(KEYS.lastGood, `${inAnHour.getTime()}`);
  await lastGood.mark(new Date(5), soon());
  expect(await lastGood.read(soon())).toEqual(new Date(5));
});
