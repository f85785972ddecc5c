import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Part } from '../../../test/parts/part.ts';
import { startRedis } from '../../../test/parts/redis.ts';
import { connectRedis } from './connection.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
let part: Part;

beforeAll(async () => {
  part = await startRedis();
});

afterAll(() => part.stop());

it('measures every command, scripts too, and counts those that fail but not those that are only sent again', async () => {
  const took: string[] = [];
  const failed: string[] = [];
  const redis = connectRedis({
    url: part.url,
    metrics: { command: (name, seconds) => void (seconds >= 0 && took.push(name)), failed: name => void failed.push(name) },
  });
  try {
    await redis.ready(soon());
    took.length = 0;
    await redis.commands.eval('return 1', 0);
    await redis.commands.get('x');
    await expect(redis.commands.call('NOSUCHCOMMAND')).rejects.toThrow('unknown command');
    await expect(redis.commands.call('EVALSHA', '0'.repeat(40), 0)).rejects.toThrow('NOSCRIPT');
    expect(took).toEqual(['eval', 'get', 'nosuchcommand', 'evalsha']);
    expect(failed).toEqual(['nosuchcommand']);
  } finally {
    redis.close();
  }
});
