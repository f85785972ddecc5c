import { expect, it } from 'vitest';
import { eventually } from '../../../test/parts/eventually.ts';
import type { Part } from '../../../test/parts/part.ts';
import { startRedis } from '../../../test/parts/redis.ts';
import { startRedisCluster } from '../../../test/parts/redis-cluster.ts';
import { connectRedis, type RedisConnection } from './connection.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

async function single(): Promise<{ url: string; nodes: readonly Part[]; stop(): Promise<void> }> {
  const part = await startRedis();
  return { url: part.url, nodes: [part], stop: () => part.stop() };
}

/** The client connects to a node of a Cluster when it first asks it; these keys lie on the first, the second and the third. */
async function askEveryNode({ commands }: RedisConnection): Promise<void> {
  await Promise.all(['b', 'c', 'a'].map(key => commands.get(key)));
}

it.each([
  ['a single server', single],
  ['one node of a Cluster', startRedisCluster],
])(
  'says that %s is back after a moment, and nothing before',
  async (_, start) => {
    const server = await start();
    const redis = connectRedis({ url: server.url });
    let [before, after] = [0, 0];
    redis.onReturn(() => void (before += 1));
    try {
      await redis.ready(soon());
      redis.onReturn(() => void (after += 1));
      await askEveryNode(redis);
      expect([before, after]).toEqual([0, 0]);
      await server.nodes[0]?.kill9();
      await server.nodes[0]?.restart();
      await eventually(() => before > 0 && after > 0, { withinMs: 60_000 });
    } finally {
      redis.close();
      await server.stop();
    }
  },
  90_000,
);
