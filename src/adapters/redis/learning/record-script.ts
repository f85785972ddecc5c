import { PROMOTED } from '../../../domain/learning/promotion.ts';
import { ACTIONS, DETAILS, OUTCOMES_MS, RECENT } from '../../../domain/outcomes/limits.ts';
import { script } from '../script.ts';
import { LUA_LEARNING } from './lua.ts';

/** A class and an action have so many fields of a partition at most; then those are forgotten that hardly count any more. */
const MOST_TOTALS = 5000;
/** What counts less than this is forgotten: a single outcome does after some 200 days. */
const LEAST_COUNT = 0.01;

/** `id` is a digest; `rest` is the detail without its time; `class` is empty where nothing was verified. */
const KNOWN = `
local anomaly, action, id, success, given, seconds, rest, class = unpack(ARGV)
local key, field = base .. ':learning:anomaly:' .. anomaly, 'a:' .. action
local known = call('HMGET', key, 'ids', field)
local ids, attempts, successes, s, f, lastAt, recent = known[1] or '', 0, 0, '0', '0', 0, ''
if known[2] then
  attempts, successes, s, f, lastAt, recent = string.match(known[2], '^(%d+)|(%d+)|([^|]+)|([^|]+)|(%d+)|(.*)$')
  attempts, successes, lastAt = tonumber(attempts), tonumber(successes), tonumber(lastAt)
end
if remembers(ids, id) then return { 'repeated', attempts, successes } end
local at, succeeded = happenedAt(given), success == '1'
`;

/**
 * Into its place by time: one that is told late stands behind newer ones. The execution times of the newest are those of the beginning of the
 * list, kept at hand since reading them there costs the texts as well.
 */
const DETAIL = `
local oldest = now - ${OUTCOMES_MS}
if at >= oldest then
  local list, entry = string.sub(base, 8) .. ':learning:repair:' .. anomaly .. ':' .. action, '[' .. at .. ',' .. rest
  local length
  if at >= lastAt then
    length = call('LPUSH', list, entry)
    local _, commas = string.gsub(recent, ',', ',')
    if commas >= ${RECENT - 1} then recent = string.match(recent, '^(.*),') end
    recent = recent == '' and seconds or seconds .. ',' .. recent
  else
    local newer
    for _, other in ipairs(call('LRANGE', list, 0, -1)) do
      if tonumber(string.match(other, '^%[(%d+)')) <= at then break end
      newer = other
    end
    if newer then length = call('LINSERT', list, 'AFTER', newer, entry) else length = call('LPUSH', list, entry) end
    local times = {}
    for n, other in ipairs(call('LRANGE', list, 0, ${RECENT - 1})) do times[n] = string.match(other, '^%[%d+,%d,([%d.]+)') end
    recent = table.concat(times, ',')
  end
  if length > ${DETAILS} then call('LTRIM', list, 0, ${DETAILS - 1}) end
  while length > 1 and tonumber(string.match(call('LINDEX', list, -1), '^%[(%d+)')) < oldest do call('RPOP', list) end
  call('PEXPIRE', list, ${OUTCOMES_MS})
end
`;

const COUNT = `
attempts, lastAt = attempts + 1, math.max(lastAt, at)
if succeeded then successes = successes + 1 end
if class ~= '' then
  if succeeded then s = added(s, at) else f = added(f, at) end
  local totals, of = base .. ':learning:totals', class .. '\\t' .. action
  local total = call('HGET', totals, of)
  local won, lost = string.match(total or '0 0', '^(%S+) (%S+)$')
  if succeeded then won = added(won, at) else lost = added(lost, at) end
  call('HSET', totals, of, won .. ' ' .. lost)
  if not total and call('HLEN', totals) > ${MOST_TOTALS} then
    local all, least = call('HGETALL', totals), ${LEAST_COUNT} * added(0, now)
    for n = 1, #all, 2 do
      local a, b = string.match(all[n + 1], '^(%S+) (%S+)$')
      if a + b < least then call('HDEL', totals, all[n]) end
    end
  end
end
call('HSET', key, 'ids', remembering(ids, id), field, table.concat({ attempts, successes, s, f, lastAt, recent }, '|'))
call('PEXPIRE', key, ${OUTCOMES_MS})
if succeeded and string.find(anomaly, '^v%d+%-%x+$') and attempts >= ${PROMOTED.attempts} and successes >= ${PROMOTED.rate} * attempts then
  call('HSET', base .. ':learning:candidates', anomaly .. '\\t' .. action, successes)
  call('PEXPIRE', base .. ':learning:candidates', ${OUTCOMES_MS})
end
`;

/** Anybody may name actions: those that are too many make room, first what was never verified, then by age. */
const ROOM = `
if known[1] and not known[2] and call('HLEN', key) > ${ACTIONS + 1} then
  local all, weakest, rank = call('HGETALL', key), nil, math.huge
  for n = 1, #all, 2 do
    if all[n] ~= 'ids' and all[n] ~= field then
      local won, lost, last = string.match(all[n + 1], '^%d+|%d+|([^|]+)|([^|]+)|(%d+)|')
      local own = tonumber(last) + (won == '0' and lost == '0' and 0 or 1e14)
      if own < rank then weakest, rank = all[n], own end
    end
  end
  call('HDEL', key, weakest)
  call('DEL', string.sub(base, 8) .. ':learning:repair:' .. anomaly .. ':' .. string.sub(weakest, 3))
end
return { 'recorded', attempts, successes }
`;

/** One outcome, whole: whether it is known, its detail, the counters and the totals. */
export const RECORD = script([LUA_LEARNING, KNOWN, DETAIL, COUNT, ROOM].join(''));
