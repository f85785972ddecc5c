import { beforeEach, expect, it } from 'vitest';
import { eventually } from '../../../test/parts/eventually.ts';
import type { Part } from '../../../test/parts/part.ts';
import { startRedis } from '../../../test/parts/redis.ts';
import { type FaultProxy, faultProxy } from '../../../test/servers/fault-proxy.ts';
import { connectRedis, type RedisConnection } from './connection.ts';
import { ask } from './fault.ts';
import { redisAlertIntake } from './intake.ts';
import { KEYS } from './keys.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

let old: Part;
let fresh: Part;
/** Where new connections through the service end; those that stand stay where they are, as behind a Kubernetes Service. */
let endpoint: { host: string; port: number };
let service: FaultProxy;
let redis: RedisConnection;
let admin: RedisConnection;

beforeEach(async () => {
  [old, fresh] = await Promise.all([startRedis(), startRedis()]);
  endpoint = { host: '127.0.0.1', port: old.port };
  service = await faultProxy(endpoint);
  redis = connectRedis({ url: `redis://127.0.0.1:${service.port}` });
  admin = connectRedis({ url: old.url });
  await Promise.all([redis.ready(soon()), admin.ready(soon())]);
  return async () => {
    redis.close();
    admin.close();
    await Promise.all([service.stop(), old.stop(), fresh.stop()]);
  };
});

const demote = (): Promise<unknown> => admin.commands.call('REPLICAOF', '127.0.0.1', String(fresh.port));

it.each([
  ['a command', () => redisAlertIntake(redis.commands).touch(new Date(), soon())],
  ['a script', () => ask('write', soon(), () => redis.commands.eval("return redis.call('SET', KEYS[1], '1')", 1, KEYS.writable))],
])('finds the new master when %s is answered READONLY by the one that was demoted', async (_, write) => {
  await demote();
  endpoint.port = fresh.port;
  await expect(write()).rejects.toMatchObject({ fault: 'unavailable', message: expect.stringContaining('READONLY') });
  await redis.ready(soon());
  await eventually(() => write().then(() => true));
  expect(service.accepted()).toBe(2);
});

it('knows the words of an older Redis for it, and those of a replica without its master', async () => {
  const inScript = "ERR Error running script (call to f_0): @user_script:2: -READONLY You can't write against a read only replica.";
  const orphaned = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";
  for (const [n, words] of [inScript, orphaned].entries()) {
    await expect(redis.commands.eval('return redis.error_reply(ARGV[1])', 1, 'any', words)).rejects.toThrow(words);
    await eventually(() => service.accepted() === n + 2);
    await redis.ready(soon());
  }
});

it('sends no write a second time by itself', async () => {
  await demote();
  endpoint.port = fresh.port;
  const push = (text: string): Promise<unknown> => ask('write', soon(), () => redis.commands.call('RPUSH', 'written', text));
  await expect(push('A')).rejects.toMatchObject({ fault: 'unavailable' });
  await eventually(() => push('B').then(() => true));
  expect(await redis.commands.call('LLEN', 'written')).toBe(1);
});

it('stays connected when Redis refuses what another master would refuse as well', async () => {
  await expect(redis.commands.call('INCR', 'no', 'READONLY')).rejects.toThrow('wrong number');
  await admin.commands.call('CONFIG', 'SET', 'maxmemory', '1');
  await expect(redisAlertIntake(redis.commands).touch(new Date(), soon())).rejects.toMatchObject({ fault: 'unavailable' });
  await admin.commands.call('CONFIG', 'SET', 'maxmemory', '0');
  await redisAlertIntake(redis.commands).touch(new Date(), soon());
  expect(service.accepted()).toBe(1);
});
