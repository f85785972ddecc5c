import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drill } from '../../../test/contracts/drill-registry.contract.ts';
import { sighting } from '../../../test/contracts/watchdog-sightings.contract.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { type RedisCluster, startRedisCluster } from '../../../test/parts/redis-cluster.ts';
import { connectRedis, type RedisConnection } from './connection.ts';
import { redisDrillRegistry } from './drill-registry.ts';
import { redisAlertIntake } from './intake.ts';
import { redisWatchdogSightings } from './watchdog-sightings.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const now = (): Date => new Date();

let cluster: RedisCluster;
let redis: RedisConnection;
let other: RedisConnection;

beforeAll(async () => {
  cluster = await startRedisCluster();
  redis = connectRedis({ url: cluster.url });
  other = connectRedis({ url: cluster.url });
  await Promise.all([redis.ready(soon()), other.ready(soon())]);
});

afterAll(async () => {
  redis.close();
  other.close();
  await cluster.stop();
});

it('keeps drills on all masters and wakes a wait for all of them', async () => {
  const registry = redisDrillRegistry({ redis, now });
  const elsewhere = redisDrillRegistry({ redis: other, now });
  const sent = Array.from({ length: 30 }, () => drill());
  const nonces = sent.map(({ nonce }) => nonce);
  await registry.register(sent, soon());
  const signal = soon();
  const waiting = registry.awaitReturns(nonces, signal);
  for (const nonce of nonces) {
    expect(await elsewhere.recordReturn({ nonce, returnedAt: now(), via: 'alertmanager' }, soon())).toBe(true);
  }
  expect((await waiting).map(({ nonce }) => nonce)).toEqual(nonces);
  expect(signal.aborted).toBe(false);

  // The subscription stands now: a later return comes as a message, from whichever master holds the drill.
  const late = Array.from({ length: 9 }, () => drill());
  await registry.register(late, soon());
  const second = soon();
  const again = registry.awaitReturns(
    late.map(({ nonce }) => nonce),
    second,
  );
  await registry.isLive(nonces[0] ?? '', soon());
  await Promise.all(late.map(({ nonce }) => elsewhere.recordReturn({ nonce, returnedAt: now(), via: 'alertmanager' }, soon())));
  expect(await again).toHaveLength(9);
  expect(second.aborted).toBe(false);
  registry.close();
  elsewhere.close();
});

it('signs in again with the password that the URL has by then', async () => {
  let word = 'first-word';
  const urlNow = (): string => cluster.url.replace('://', `://rotating:${word}@`);
  const admins = cluster.nodes.map(({ url }) => new Redis(url));
  const everywhere = (...args: [string, ...string[]]): Promise<unknown> => Promise.all(admins.map(admin => admin.call(...args)));
  const setPassword = () => everywhere('ACL', 'SETUSER', 'rotating', 'reset', 'on', `>${word}`, '~*', '&*', '+@all');
  await setPassword();
  const rotating = connectRedis({ url: urlNow(), currentUrl: urlNow });
  const registry = redisDrillRegistry({ redis: rotating, now });
  try {
    await rotating.ready(soon());
    word = 'second-word';
    await setPassword();
    await everywhere('CLIENT', 'KILL', 'USER', 'rotating');
    // So many that each master is asked.
    const sent = Array.from({ length: 9 }, () => drill());
    expect(await eventually(() => registry.register(sent, soon()).then(() => true))).toBe(true);
  } finally {
    registry.close();
    rotating.close();
    await everywhere('ACL', 'DELUSER', 'rotating');
    for (const admin of admins) admin.disconnect();
  }
});

it('keeps everything else, too', async () => {
  const registry = redisDrillRegistry({ redis, now });
  const refusal = { at: now(), route: 'alertmanager', status: 401, reason: 'no', nonces: [] };
  await registry.recordRefusal(refusal, soon());
  expect(await registry.refusalsSince(new Date(0), soon())).toEqual([refusal]);
  const intake = redisAlertIntake(redis.commands);
  await intake.touch(refusal.at, soon());
  expect(await intake.lastReceived(soon())).toEqual(refusal.at);
  const sightings = redisWatchdogSightings(redis.commands);
  await sightings.record(sighting(), soon());
  expect(await sightings.list('alertmanager', soon())).toMatchObject([sighting()]);
  await redis.writable(soon());
});
