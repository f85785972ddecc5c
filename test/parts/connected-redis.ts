import { connectRedis, type RedisConnection } from '../../src/adapters/redis/connection.ts';
import { startRedis } from './redis.ts';

/** A Redis with the connections of two replicas. */
export interface ConnectedRedis {
  readonly ours: RedisConnection;
  readonly theirs: RedisConnection;
  stop(): Promise<void>;
}

/** Both connections take commands. */
export async function startConnectedRedis(): Promise<ConnectedRedis> {
  const part = await startRedis();
  const [ours, theirs] = [connectRedis({ url: part.url }), connectRedis({ url: part.url })];
  const signal = AbortSignal.timeout(20_000);
  await Promise.all([ours.ready(signal), theirs.ready(signal)]);
  return {
    ours,
    theirs,
    async stop() {
      ours.close();
      theirs.close();
      await part.stop();
    },
  };
}
