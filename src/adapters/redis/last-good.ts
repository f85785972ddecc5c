import type { LastGood } from '../../domain/ports/last-good.ts';
import type { RedisCommands } from './connection.ts';
import { ask, asPortError } from './fault.ts';
import { KEYS } from './keys.ts';
import { LUA_NOW, run, script } from './script.ts';

/**
 * Milliseconds. What is no number stood there by mistake and counts as never. A replica whose clock is ahead may not say that all was taken
 * in until a moment that is yet to come: what is sent until then would never be fetched. Whether there was a mark to move is asked in the
 * same breath, or one that is lost in between would be set anew, and nobody would know.
 */
const MARK = script(`${LUA_NOW}
local at = math.min(tonumber(ARGV[1]), now)
local text = redis.call('GET', KEYS[1])
if ARGV[2] == 'move' and not text then return false end
local had = tonumber(text or '')
if had and had <= now and had >= at then return at end
redis.call('SET', KEYS[1], string.format('%d', at))
return at`);

/** One time for all replicas. */
export function redisLastGood(commands: RedisCommands): LastGood {
  const set = (how: 'mark' | 'move', at: Date, signal: AbortSignal): Promise<unknown> =>
    ask('note that all is taken in', signal, () => run(commands, MARK, [KEYS.lastGood, at.getTime(), how]));
  return {
    async mark(at, signal) {
      return new Date(Number(await set('mark', at, signal)));
    },
    async move(at, signal) {
      const moved = await set('move', at, signal);
      return moved === null ? undefined : new Date(Number(moved));
    },
    async read(signal) {
      const text = await ask('say until when all was taken in', signal, () => commands.get(KEYS.lastGood));
      if (text === null) return undefined;
      if (!/^\d{1,15}$/.test(text)) throw asPortError('say until when all was taken in', new Error(`${KEYS.lastGood} holds no time`));
      return new Date(Number(text));
    },
  };
}
