import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Limit, SendRate } from '../../domain/ports/send-rate.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';
import { LUA_NOW, run, script } from './script.ts';

/**
 * In how many milliseconds one more is let through; at 0, where ARGV[3] is not empty, it is counted under that name. Each is remembered with its
 * time, so that no stretch of `perMs`, wherever it begins, sees more than `count`: Telegram counts so.
 */
const TAKE = script(`
local key, count, per, name = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]${LUA_NOW}
local since = '(' .. now - per
if redis.call('ZCOUNT', key, since, '+inf') >= count then
  local oldest = redis.call('ZREVRANGE', key, count - 1, count - 1, 'WITHSCORES')[2]
  return math.max(1, oldest + per - now)
end
if name ~= '' then
  redis.call('ZADD', key, now, name)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - per)
  redis.call('PEXPIRE', key, per)
end
return 0`);

const WAIT = script(`
local key, by, per = KEYS[1], ARGV[1], tonumber(ARGV[2])${LUA_NOW}
redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
if per == 0 then return redis.call('ZREM', key, by) end
redis.call('ZADD', key, now + per, by)
return redis.call('PEXPIREAT', key, redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2])`);

/** The two that wait longest are enough: one of them is somebody else. */
const WAITING = script(`
local key, by = KEYS[1], ARGV[1]${LUA_NOW}
local self = tonumber(redis.call('ZSCORE', key, by) or 0) > now
local longest = redis.call('ZREVRANGE', key, 0, 1, 'WITHSCORES')
local other = longest[2]
if longest[1] == by then other = longest[4] end
return { self and 1 or 0, math.max(0, (other or 0) - now) }`);

const Waiting = z.tuple([z.number(), z.number()]);
const Wait = z.number();

/**
 * The keys of several limits lie in different slots of a Cluster: they are taken one after the other and given back where a later one refuses.
 * Meanwhile another replica may be refused, and never one too many be let through.
 */
export function redisSendRate(commands: RedisCommands): SendRate {
  const take = async (limit: Limit, name: string, signal: AbortSignal): Promise<number> => {
    const args = [KEYS.sendRate(limit.key), limit.count, limit.perMs, name] as const;
    return Wait.parse(await ask('say whether a message may be sent', signal, () => run(commands, TAKE, args)));
  };

  return {
    async take(limits, signal) {
      const waits = await Promise.all(limits.map(limit => take(limit, '', signal)));
      const longest = Math.max(0, ...waits);
      if (longest > 0) return longest;
      const name = randomUUID();
      for (const [n, limit] of limits.entries()) {
        const wait = await take(limit, name, signal);
        if (wait === 0) continue;
        const giveBack = ({ key }: Limit): Promise<unknown> => commands.call('ZREM', KEYS.sendRate(key), name);
        await ask('give a message back', signal, () => Promise.all(limits.slice(0, n).map(giveBack)));
        return wait;
      }
      return 0;
    },

    async wait(key, { by, forMs }, signal) {
      await ask('note who waits to send a message', signal, () => run(commands, WAIT, [KEYS.sendWaits(key), by, forMs]));
    },

    async waiting(key, by, signal) {
      const args = [KEYS.sendWaits(key), by] as const;
      const [self, othersMs] = Waiting.parse(await ask('say who waits to send a message', signal, () => run(commands, WAITING, args)));
      return { self: self === 1, othersMs };
    },
  };
}
