import { z } from 'zod';
import { createHash } from 'node:crypto';
import { plainId } from '../../../domain/incidents/bounds.ts';
import { partitionOf } from '../../../domain/incidents/partition.ts';
import { MONTH_MS } from '../../../domain/incidents/windows.ts';
import type { EarlierEntry, EarlierLearning } from '../../../domain/ports/earlier-learning.ts';
import type { RedisConnection } from '../connection.ts';
import { ask } from '../fault.ts';
import { KEYS } from '../keys.ts';
import { LUA_NOW, run, script } from '../script.ts';

const SCANNED = 500;
/** Of one key. */
const MOST_ENTRIES = 10_000;
/** A timeline never holds more. */
const MOST_OCCURRENCES = 10_000;
const REMEMBERED_MS = 400 * 86_400_000;
/** So many occurrences go to one script: each is two of its arguments. */
const CHUNK = 1000;

const READ = script(`
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'list' then return { kind, redis.call('LRANGE', KEYS[1], 0, ${MOST_ENTRIES - 1}) } end
if kind == 'zset' then return { kind, redis.call('ZREVRANGE', KEYS[1], 0, ${MOST_ENTRIES - 1}, 'WITHSCORES') } end
return { kind, {} }`);

const OCCURRED = script(`${LUA_NOW}
local timeline, added = string.sub(KEYS[1], 8) .. ':anomaly:timeline:' .. ARGV[1], 0
for n = 2, #ARGV, 2 do
  local at = math.min(tonumber(ARGV[n + 1]), now)
  if at >= now - ${MONTH_MS} then added = added + redis.call('ZADD', timeline, 'NX', at, ARGV[n]) end
end
redis.call('ZREMRANGEBYRANK', timeline, 0, -${MOST_OCCURRENCES + 1})
if redis.call('PTTL', timeline) < ${MONTH_MS} then redis.call('PEXPIRE', timeline, ${MONTH_MS}) end
return added`);

const IMPORTED = script(`
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ${REMEMBERED_MS})
return 1`);

const Page = z.tuple([z.string(), z.array(z.string())]);
const Read = z.tuple([z.string(), z.array(z.string())]);

/** The plain keys of an earlier system, on whichever master they are. */
export function redisEarlierLearning({ commands, masters }: Pick<RedisConnection, 'commands' | 'masters'>): EarlierLearning {
  return {
    async *keys(prefix, signal) {
      for (const master of masters()) {
        let cursor = '0';
        do {
          const from = cursor;
          const scan = () => master.call('SCAN', from, 'MATCH', `${prefix}*`, 'COUNT', SCANNED);
          const [next, keys] = Page.parse(await ask('list keys', signal, scan));
          if (keys.length > 0) yield keys;
          cursor = next;
        } while (cursor !== '0');
      }
    },
    async read(key, signal) {
      const [kind, flat] = Read.parse(await ask(`read ${key}`, signal, () => run(commands, READ, [key])));
      return { entries: kind === 'zset' ? scored(flat) : flat.map(text => ({ text })), isOther: kind !== 'zset' && kind !== 'list' };
    },
    async importedAs(key, signal) {
      return (await ask('say what was imported', signal, () => commands.hget(KEYS.imported, digest(key)))) ?? undefined;
    },
    async imported(key, as, signal) {
      await ask('note what was imported', signal, () => run(commands, IMPORTED, [KEYS.imported, digest(key), as]));
    },
    async occurred(anomalyKey, occurrences, signal) {
      let added = 0;
      for (let from = 0; from < occurrences.length; from += CHUNK) {
        const members = occurrences.slice(from, from + CHUNK).flatMap(({ id, at }) => [plainId(id), at.getTime()]);
        const args: [string, ...(string | number)[]] = [KEYS.partition(partitionOf(anomalyKey)), plainId(anomalyKey), ...members];
        added += Number(await ask('keep occurrences', signal, () => run(commands, OCCURRED, args)));
      }
      return added;
    },
  };
}

function scored(flat: readonly string[]): EarlierEntry[] {
  return flat.flatMap((text, n) => (n % 2 === 0 ? [{ text, score: Number(flat[n + 1]) }] : []));
}

/** Short: there may be a hundred thousand of them. */
function digest(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 16);
}
