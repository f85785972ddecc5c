import { cut } from '../../domain/text/cut.ts';
import type { Storms } from '../../domain/ports/storms.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';
import { LUA_NOW, run, script } from './script.ts';
import { stormFrom, stormSumFrom } from './stored-storm.ts';

export interface RedisStormsOptions {
  /** A storm whose card shows all of it ends after so long without another incident; 10 minutes. */
  readonly idleMs?: number;
}

const DAY_MS = 86_400_000;
/** What waits longer was given up. */
const KEPT_MS = 4 * DAY_MS;
const MOST_NAME = 100;
/** A storm is so many within a minute. */
const WINDOW_MS = 60_000;

/** Those that came before the window counts are kept: what could not be told for a day was a storm then. */
const OPENED = script(`
local at = tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], at, ARGV[1])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', tonumber(last[2]) - ${KEPT_MS})
redis.call('PEXPIRE', KEYS[1], ${KEPT_MS})
return redis.call('ZCOUNT', KEYS[1], '(' .. (at - ${WINDOW_MS}), at)`);

/** Fields: id, last, total, shown, card, claim; `i:KEY` the place of each incident, `s:SEVERITY` and `n:NAME` how many of each. */
const JOIN = script(`${LUA_NOW}
local key, joined, severity, name, idle = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local id, last, total, shown = unpack(redis.call('HMGET', KEYS[1], 'id', 'last', 'total', 'shown'))
if joined ~= '' and joined ~= id then return {} end
local known = id and redis.call('HEXISTS', KEYS[1], 'i:' .. key) == 1
if id and not known and tonumber(shown) >= tonumber(total) and now - last > idle then
  redis.call('DEL', KEYS[1])
  id = false
end
if not id then redis.call('HSET', KEYS[1], 'id', key, 'last', now, 'total', 0, 'shown', 0) end
if not known then
  redis.call('HSET', KEYS[1], 'i:' .. key, redis.call('HINCRBY', KEYS[1], 'total', 1), 'last', now)
  redis.call('HINCRBY', KEYS[1], 's:' .. severity, 1)
  redis.call('HINCRBY', KEYS[1], 'n:' .. name, 1)
end
redis.call('PEXPIRE', KEYS[1], ${KEPT_MS})
return redis.call('HMGET', KEYS[1], 'id', 'i:' .. key, 'shown', 'card')`);

/** Without the places, of which there are as many as incidents. */
const SUM = script(`
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return {} end
local answer, all = {}, redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  if string.sub(all[at], 1, 2) ~= 'i:' then
    answer[#answer + 1] = all[at]
    answer[#answer + 1] = all[at + 1]
  end
end
return answer`);

const CLAIM = script(`${LUA_NOW}
local id, claim = unpack(redis.call('HMGET', KEYS[1], 'id', 'claim'))
if id ~= ARGV[1] or (claim and tonumber(claim) > now) then return 0 end
redis.call('HSET', KEYS[1], 'claim', now + ARGV[2])
return 1`);

const RELEASE = script(`
local id, shown = unpack(redis.call('HMGET', KEYS[1], 'id', 'shown'))
if id ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'claim')
if ARGV[2] == '' then return 1 end
redis.call('HSET', KEYS[1], 'card', ARGV[3])
if tonumber(ARGV[2]) > tonumber(shown) then redis.call('HSET', KEYS[1], 'shown', ARGV[2]) end
return 1`);

/** Storms in one sorted set of what opened, and one hash for the running storm of each chat. Times of calls are Redis's own. */
export function redisStorms(commands: Pick<RedisCommands, 'eval' | 'evalsha'>, { idleMs = 600_000 }: RedisStormsOptions = {}): Storms {
  return {
    async opened({ key, at }, signal) {
      const count = await ask('count new incidents', signal, () => run(commands, OPENED, [KEYS.opened, key, at.getTime()]));
      return Number(count);
    },

    async join(chat, { key, joined = '', severity, name }, signal) {
      const args = [key, joined, severity, shortened(name), idleMs];
      const answer = await ask('count an incident of a storm', signal, () => run(commands, JOIN, [KEYS.storm(chat), ...args]));
      return stormFrom(answer);
    },

    async claim(chat, { stormId, forMs }, signal) {
      return (await ask('reserve a card', signal, () => run(commands, CLAIM, [KEYS.storm(chat), stormId, forMs]))) === 1;
    },

    async sum(chat, stormId, signal) {
      const answer = await ask('say what a storm counts', signal, () => run(commands, SUM, [KEYS.storm(chat), stormId]));
      return stormSumFrom(answer);
    },

    async release(chat, { stormId, showing }, signal) {
      const shown = showing ? [showing.count, JSON.stringify(showing.card)] : ['', ''];
      await ask('note what a card shows', signal, () => run(commands, RELEASE, [KEYS.storm(chat), stormId, ...shown]));
    },
  };
}

/** Names are part of fields, and anybody may make them long. */
function shortened(name: string): string {
  return cut(name.toWellFormed(), MOST_NAME, '');
}
