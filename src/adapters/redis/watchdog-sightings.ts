import { HEARD_WITHIN_MS, type WatchdogSighting, type WatchdogSightings } from '../../domain/ports/watchdog-sightings.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';
import { parsed, StoredSighting } from './schema.ts';

/** Labels that change with every restart would otherwise fill Redis: beyond this many Watchdogs the one heard longest ago is forgotten. */
const KEPT = 500;

/** Never fails halfway, or the hash would grow with every sighting that is refused: what cannot be read counts as heard longest ago. */
const RECORD = `
local function heard(text)
  local ok, sighting = pcall(cjson.decode, text)
  if ok and type(sighting) == 'table' and type(sighting.at) == 'string' then return sighting.at end
  return ''
end
local at, steady = tonumber(ARGV[4]), ARGV[4]
local known, before = pcall(cjson.decode, redis.call('HGET', KEYS[1], ARGV[1]) or '')
local steadily = known and type(before) == 'table' and before.status == 'firing' and before.atMs and at - before.atMs <= ${HEARD_WITHIN_MS}
if steadily then steady = string.format('%.0f', before.steadyMs or before.atMs) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ',"atMs":' .. ARGV[4] .. ',"steadyMs":' .. steady .. '}')
local surplus = redis.call('HLEN', KEYS[1]) - tonumber(ARGV[3])
if surplus <= 0 then return 0 end
local all, kept = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do kept[#kept + 1] = { field = all[i], at = heard(all[i + 1]) } end
table.sort(kept, function(a, b) return a.at < b.at end)
for i = 1, surplus do redis.call('HDEL', KEYS[1], kept[i].field) end
return surplus`;

/** The newest sighting of each Watchdog, one hash per source, a field per set of labels. */
export function redisWatchdogSightings(commands: RedisCommands): WatchdogSightings {
  return {
    async record(given, signal) {
      const { source, labels, status, at } = given;
      const sighting = { source, labels: wellFormed(labels), status, at };
      // The script adds what it knows of the sightings before, and closes the brace.
      const text = JSON.stringify(sighting).slice(0, -1);
      const args = [KEYS.watchdogs(sighting.source), identity(sighting), text, KEPT, sighting.at.getTime()];
      await ask('note a Watchdog', signal, () => commands.eval(RECORD, 1, ...args));
    },
    async list(source, signal) {
      const texts = await ask('list Watchdogs', signal, () => commands.hvals(KEYS.watchdogs(source)));
      return texts.map(text => parsed('give a Watchdog that we wrote', StoredSighting, text));
    },
  };
}

/** Half a surrogate pair is valid in JavaScript and in JSON, but Redis's cjson throws on it. */
function wellFormed(labels: WatchdogSighting['labels']): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]));
}

/** The same for the same labels, in whatever order they came. */
function identity({ labels }: WatchdogSighting): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
