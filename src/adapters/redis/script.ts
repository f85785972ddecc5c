import { createHash } from 'node:crypto';
import type { RedisCommands } from './connection.ts';

/** Of scripts: `now`, in milliseconds by Redis's clock, which is one for all replicas; `clock` has its seconds and microseconds. */
export const LUA_NOW = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
`;

/** A Lua script, known to Redis by its digest once it ran there. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/**
 * Runs a script over the keys that begin with `key`, which all lie in its slot. Sent whole only where Redis does not know it (yet, or after a
 * restart): then nothing of it ran, so that it is not sent twice.
 */
export async function run(
  commands: Pick<RedisCommands, 'eval' | 'evalsha'>,
  { lua, sha }: Script,
  [key, ...args]: readonly [string, ...(string | number)[]],
): Promise<unknown> {
  try {
    return await commands.evalsha(sha, 1, key, ...args);
  } catch (err) {
    if (!(err instanceof Error && err.message.startsWith('NOSCRIPT'))) throw err;
    return commands.eval(lua, 1, key, ...args);
  }
}
