import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import type { Part } from './part.ts';
import { startRedis } from './redis.ts';

const parts: Part[] = [];
afterEach(async () => {
  await Promise.all(parts.splice(0).map(part => part.stop()));
});

async function ask<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { retryStrategy: () => null, lazyConnect: true });
  // ioredis prints what nobody listens for; the promise tells it as well.
  redis.on('error', () => {});
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

it('finds its data again on the same port after a restart and after kill -9, when it appends to a file', async () => {
  const part = await startRedis({ appendOnly: true });
  parts.push(part);
  await ask(part.url, redis => redis.set('first', '1'));
  await part.halt();
  await expect(ask(part.url, redis => redis.ping())).rejects.toThrow('Connection is closed');
  await part.restart();
  expect(await ask(part.url, redis => redis.get('first'))).toBe('1');

  await ask(part.url, redis => redis.set('second', '2'));
  // What is not yet on disk a second later is what kill -9 may lose.
  await eventually(async () => /aof_pending_bio_fsync:0/.test(await ask(part.url, redis => redis.info('persistence'))));
  await part.kill9();
  await part.restart();
  expect(await ask(part.url, redis => redis.mget('first', 'second'))).toEqual(['1', '2']);
});

it('keeps nothing over a restart otherwise', async () => {
  const part = await startRedis();
  parts.push(part);
  await ask(part.url, redis => redis.set('first', '1'));
  await part.halt();
  await part.restart();
  expect(await ask(part.url, redis => redis.get('first'))).toBeNull();
});

it('runs beside others, each on its own port', async () => {
  const all = await Promise.all([startRedis(), startRedis(), startRedis()]);
  parts.push(...all);
  expect(new Set(all.map(part => part.port)).size).toBe(3);
});
