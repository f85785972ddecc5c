import { script } from '../script.ts';
import { GROUP, LUA_CLOCK, LUA_DELIVERY } from './lua.ts';

/**
 * Due work leaves 'delayed' for the stream; then what a dead consumer left is claimed, then new entries are read. Work is named by its entry
 * and how often that was given out. The work of an incident that is gone, and an entry that is not the current one of its delivery, is dropped.
 */
export const TAKE_SCRIPT = script(`${LUA_CLOCK}${LUA_DELIVERY}
local consumer, count, idle = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local stream = base .. ':outbox'
local function split(member) return string.match(member, '^(.*)|([^|]*)$') end
for _, member in ipairs(call('ZRANGEBYSCORE', base .. ':delayed', '-inf', now, 'LIMIT', 0, count)) do
  local id, channel = split(member)
  local before = delivery(id, channel)
  call('ZREM', base .. ':delayed', member)
  if not before then call('ZREM', base .. ':waiting', member) end
  if before and before.state == 'pending' then putIn(id, channel, before.attempts, before.since) end
end
if call('EXISTS', stream) == 0 then return {} end
local taken = {}
local function take(entry, times)
  local fields = entry[2]
  local id, channel = fields[2], fields[4]
  local revision = call('HGET', incidentKey(id), 'revision')
  local found = revision and delivery(id, channel)
  if not found or found.state ~= 'pending' or found.place ~= entry[1] then
    call('XACK', stream, '${GROUP}', entry[1])
    call('XDEL', stream, entry[1])
    if not found then call('ZREM', base .. ':waiting', id .. '|' .. channel) end
    return
  end
  call('HSET', deliveriesKey(id), 'seen:' .. channel, revision)
  local memo = call('HGET', deliveriesKey(id), 'memo:' .. channel) or ''
  taken[#taken + 1] = { id, channel, entry[1] .. '/' .. times, found.attempts, found.since, now, memo }
end
local from = '0-0'
for _ = 1, 10 do
  local claimed = redis.pcall('XAUTOCLAIM', stream, '${GROUP}', consumer, idle, from, 'COUNT', math.max(1, count - #taken))
  if claimed.err then
    if not string.find(claimed.err, 'NOGROUP', 1, true) then return claimed end
    call('XGROUP', 'CREATE', stream, '${GROUP}', '0')
    break
  end
  for _, entry in ipairs(claimed[2]) do
    take(entry, call('XPENDING', stream, '${GROUP}', entry[1], entry[1], 1)[1][4])
  end
  from = claimed[1]
  if from == '0-0' or #taken >= count then break end
end
if #taken < count then
  local read = call('XREADGROUP', 'GROUP', '${GROUP}', consumer, 'COUNT', count - #taken, 'STREAMS', stream, '>')
  if read then
    for _, entry in ipairs(read[1][2]) do take(entry, 1) end
  end
end
return taken`);

/** Whoever it was last given to alone may say how it ended. */
const MINE = `${LUA_CLOCK}${LUA_DELIVERY}
local id, channel, entry, times = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local stream, member = base .. ':outbox', ARGV[1] .. '|' .. ARGV[2]
local group = call('EXISTS', stream) == 1 and redis.pcall('XPENDING', stream, '${GROUP}', entry, entry, 1)
if not group or group.err or not group[1] or group[1][4] ~= times then return 'not-yours' end
local deliveries = deliveriesKey(id)
local function text(field, value)
  if value == '' then call('HDEL', deliveries, field .. channel) else call('HSET', deliveries, field .. channel, value) end
end
local function leave()
  call('XACK', stream, '${GROUP}', entry)
  call('XDEL', stream, entry)
end
local before = delivery(id, channel)
if not before or call('EXISTS', incidentKey(id)) == 0 then
  leave()
  call('ZREM', base .. ':waiting', member)
  return 'gone'
end
`;

/** Heard of, it is not claimed for another while. */
export const REMEMBER_SCRIPT = script(`${MINE}
call('XCLAIM', stream, '${GROUP}', group[1][2], 0, entry, 'JUSTID')
text('memo:', ARGV[5])
return 'ok'`);

/**
 * What was skipped, by whatever revision the channel says, was looked at when it was taken at the earliest: only a later change puts it
 * back.
 */
export const DONE_SCRIPT = script(`${MINE}
local state, revision = ARGV[5], tonumber(ARGV[6])
leave()
call('ZREM', base .. ':waiting', member)
text('memo:', ARGV[7])
text('reason:', ARGV[8])
if state == 'skipped' then revision = math.max(revision, tonumber(call('HGET', deliveries, 'seen:' .. channel) or 0)) end
if tonumber(call('HGET', incidentKey(id), 'revision')) > revision then
  putIn(id, channel, 0, now)
  return 'put-back'
end
record(id, channel, state, 0, before.since, '')
return 'ok'`);

export const AGAIN_SCRIPT = script(`${MINE}
leave()
local failed = ARGV[6] ~= ''
if failed then text('reason:', ARGV[6]) end
local due = now + tonumber(ARGV[5])
call('ZADD', base .. ':delayed', due, member)
if ARGV[7] == 'anew' then
  call('ZREM', base .. ':waiting', member)
  text('reason:', '')
  record(id, channel, 'pending', 0, due, 'later')
else
  record(id, channel, 'pending', before.attempts + (failed and 1 or 0), before.since, failed and 'failed' or 'later')
end
return 'ok'`);

export const GIVE_UP_SCRIPT = script(`${MINE}
leave()
call('ZREM', base .. ':waiting', member)
call('ZADD', base .. ':dead', now, member)
text('reason:', ARGV[5])
record(id, channel, 'dead', before.attempts + 1, before.since, '')
return 'ok'`);

/** What waits longest, as far as its incident is still there. */
export const WAITING_SCRIPT = script(`${LUA_CLOCK}${LUA_DELIVERY}
local found = {}
for _, member in ipairs(call('ZRANGE', base .. ':waiting', 0, ARGV[1] - 1)) do
  local id, channel = string.match(member, '^(.*)|([^|]*)$')
  local work = delivery(id, channel)
  if work and work.state == 'pending' then
    local reason = call('HGET', deliveriesKey(id), 'reason:' .. channel) or ''
    found[#found + 1] = { id, channel, work.since, call('ZSCORE', base .. ':delayed', member) or '', work.attempts, reason }
  end
end
return found`);

/** The dead letters that came longest ago; those of incidents that are gone are forgotten. */
export const DEAD_SCRIPT = script(`${LUA_CLOCK}${LUA_DELIVERY}
local letters = {}
for _, member in ipairs(call('ZRANGE', base .. ':dead', 0, ARGV[1] - 1)) do
  local id, channel = string.match(member, '^(.*)|([^|]*)$')
  local letter = delivery(id, channel)
  if letter then
    local reason = call('HGET', deliveriesKey(id), 'reason:' .. channel) or ''
    letters[#letters + 1] = { id, channel, letter.since, letter.at, letter.attempts, reason }
  else
    call('ZREM', base .. ':dead', member)
  end
end
return letters`);

/** At most 200 at a time, from the rank on that the last call gave; answers how many came back to life, and the next rank or -1. */
export const RETRY_DEAD_SCRIPT = script(`${LUA_CLOCK}${LUA_DELIVERY}
local rank, wantedId, wantedChannel = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local members, revived = call('ZRANGE', base .. ':dead', rank, rank + 199), 0
for _, member in ipairs(members) do
  local id, channel = string.match(member, '^(.*)|([^|]*)$')
  if (wantedId == '' or wantedId == id) and (wantedChannel == '' or wantedChannel == channel) then
    call('ZREM', base .. ':dead', member)
    if call('EXISTS', incidentKey(id)) == 1 then
      putIn(id, channel, 0, now)
      revived = revived + 1
    end
  else
    rank = rank + 1
  end
end
return { revived, #members < 200 and -1 or rank }`);

export const DEPTH_SCRIPT = script(`
local oldest = redis.call('ZRANGE', KEYS[1] .. ':waiting', 0, 0, 'WITHSCORES')
return { redis.call('ZCARD', KEYS[1] .. ':waiting'), redis.call('ZCARD', KEYS[1] .. ':dead'), oldest[2] or '' }`);
