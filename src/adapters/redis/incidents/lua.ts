import { MONTH_MS, TIMELINE } from '../../../domain/incidents/windows.ts';
import { LUA_NOW } from '../script.ts';

/**
 * What the scripts share. KEYS[1] is `awoooi:{pNN}`; every key begins with it, or with its tag, and so lies in its slot.
 * Times are of Redis's clock, in milliseconds. They are below 1e14, so that Lua writes them in full. Payloads are opaque here.
 */
export const LUA_CLOCK = `${LUA_NOW}
local base, call = KEYS[1], redis.call
local function incidentKey(id) return base .. ':incident:' .. id end
local function deliveriesKey(id) return base .. ':incident:' .. id .. ':deliveries' end
`;

/** The consumer group of the outbox. */
export const GROUP = 'delivery';

/**
 * A delivery is one field of the incident's deliveries: state|at|attempts|since|place. Place is, while it is pending, the id of its entry
 * in the outbox, or 'later' or 'failed' while it stands in 'delayed'. Beside it stand 'memo:CHANNEL', 'reason:CHANNEL' and, since it was
 * taken, 'seen:CHANNEL', the revision then.
 */
export const LUA_DELIVERY = `
local function delivery(id, channel)
  local text = call('HGET', deliveriesKey(id), channel)
  if not text then return nil end
  local state, at, attempts, since, place = string.match(text, '^(%a+)|(%d+)|(%d+)|(%d+)|(.*)$')
  return { state = state, at = at, attempts = attempts, since = since, place = place }
end
local function record(id, channel, state, attempts, since, place)
  call('HSET', deliveriesKey(id), channel, state .. '|' .. now .. '|' .. attempts .. '|' .. since .. '|' .. place)
end
local function putIn(id, channel, attempts, since)
  local entry = call('XADD', base .. ':outbox', '*', 'incident', id, 'channel', channel)
  call('ZADD', base .. ':waiting', since, id .. '|' .. channel)
  record(id, channel, 'pending', attempts, since, entry)
end
`;

/**
 * Puts each of the channels into the outbox, once: what waits or is being done already has the revision to find that it is out of date.
 * What was postponed comes at once where waking says so; what failed keeps its backoff; what was given up is tried anew.
 */
export const LUA_TELL = `
local function tell(id, channels, waking, fresh)
  local fields, waits = {}, {}
  for channel in string.gmatch(channels, '[^,]+') do
    local before = not fresh and delivery(id, channel)
    local wakes = before and waking and before.place == 'later'
    if not before or before.state ~= 'pending' or wakes then
      if before and before.state == 'dead' then call('ZREM', base .. ':dead', id .. '|' .. channel) end
      if wakes then call('ZREM', base .. ':delayed', id .. '|' .. channel) end
      local since, attempts = wakes and math.min(before.since, now) or now, wakes and before.attempts or 0
      local entry = call('XADD', base .. ':outbox', '*', 'incident', id, 'channel', channel)
      fields[#fields + 1] = channel
      fields[#fields + 1] = 'pending|' .. now .. '|' .. attempts .. '|' .. since .. '|' .. entry
      waits[#waits + 1] = since
      waits[#waits + 1] = id .. '|' .. channel
    end
  end
  if #fields > 0 then
    call('HSET', deliveriesKey(id), unpack(fields))
    call('ZADD', base .. ':waiting', unpack(waits))
  end
end
`;

/**
 * The lifetime of everything that belongs to an incident; its anomaly is not forgotten while it could still count for the last 30 days.
 * The timeline begins with the second event: that an incident opened, its own fields tell.
 */
export const LUA_KEEP = `
local function keep(id, anomaly, retention, fresh)
  local anomalyFor = math.max(retention, ${MONTH_MS})
  call('PEXPIRE', incidentKey(id), retention)
  if not fresh then call('PEXPIRE', incidentKey(id) .. ':timeline', retention) end
  call('PEXPIRE', deliveriesKey(id), retention)
  call('PEXPIRE', base .. ':anomaly:' .. anomaly, anomalyFor)
  call('PEXPIRE', string.sub(base, 8) .. ':anomaly:timeline:' .. anomaly, anomalyFor)
end
local function happened(id, entry)
  local key = incidentKey(id) .. ':timeline'
  if call('RPUSH', key, now .. ' ' .. entry) > ${TIMELINE - 1} then call('LTRIM', key, -${TIMELINE - 1}, -1) end
end
`;

/** An incident as it stands, in one step: its revision belongs to all of it. */
export const LUA_READ = `
local function read(id)
  local deliveries = call('HGETALL', deliveriesKey(id))
  for n = 1, #deliveries, 2 do
    local channel, place = deliveries[n], string.match(deliveries[n + 1], '^pending|%d+|%d+|%d+|(%a+)$')
    local due = place and not string.find(channel, ':', 1, true) and call('ZSCORE', base .. ':delayed', id .. '|' .. channel)
    if due then
      deliveries[#deliveries + 1] = 'due:' .. channel
      deliveries[#deliveries + 1] = due
    end
  end
  return { call('HGETALL', incidentKey(id)), call('LRANGE', incidentKey(id) .. ':timeline', 0, -1), deliveries }
end
`;
