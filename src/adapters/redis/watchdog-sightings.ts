import type { WatchdogSighting, WatchdogSightings } from '../../domain/ports/watchdog-sightings.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';
import { parsed, StoredSighting } from './schema.ts';

/** Labels that change with every restart would otherwise fill Redis: beyond this many Watchdogs the one heard longest ago is forgotten. */
const KEPT = 500;

const RECORD = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if redis.call('HLEN', KEYS[1]) <= tonumber(ARGV[3]) then return 0 end
local oldest, field
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local at = cjson.decode(all[i + 1]).at
  if not oldest or at < oldest then oldest = at; field = all[i] end
end
return redis.call('HDEL', KEYS[1], field)`;

/** The newest sighting of each Watchdog, one hash per source, a field per set of labels. */
export function redisWatchdogSightings(commands: RedisCommands): WatchdogSightings {
  return {
    async record(sighting, signal) {
      const args = [KEYS.watchdogs(sighting.source), identity(sighting), JSON.stringify(sighting), KEPT];
      await ask('note a Watchdog', signal, () => commands.eval(RECORD, 1, ...args));
    },
    async list(source, signal) {
      const texts = await ask('list Watchdogs', signal, () => commands.hvals(KEYS.watchdogs(source)));
      return texts.map(text => parsed('give a Watchdog that we wrote', StoredSighting, text));
    },
  };
}

/** The same for the same labels, in whatever order they came. */
function identity({ labels }: WatchdogSighting): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
