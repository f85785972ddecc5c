/**
 * What the scripts share. KEYS[1] is `awoooi:{pNN}`; every key begins with it, or with its tag, and so lies in its slot.
 * Times are of Redis's clock, in milliseconds. They are below 1e14, so that Lua writes them in full. Payloads are opaque here.
 */
export const LUA_CLOCK = `
local base = KEYS[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function incidentKey(id) return base .. ':incident:' .. id end
local function deliveriesKey(id) return base .. ':incident:' .. id .. ':deliveries' end
`;

/** The consumer group of the outbox. */
export const GROUP = 'delivery';

/**
 * A delivery is one field of the incident's deliveries: state|at|attempts|since|place. Place is, while it is pending, the id of its entry in the
 * outbox, or 'later' or 'failed' while it stands in 'delayed'. Beside it stand 'memo:CHANNEL', 'reason:CHANNEL' and, since it was taken, 'seen:CHANNEL', the revision then.
 */
export const LUA_DELIVERY = `
local function delivery(id, channel)
  local text = redis.call('HGET', deliveriesKey(id), channel)
  if not text then return nil end
  local state, at, attempts, since, place = string.match(text, '^(%a+)|(%d+)|(%d+)|(%d+)|(.*)$')
  return { state = state, at = at, attempts = attempts, since = since, place = place }
end
local function record(id, channel, state, attempts, since, place)
  redis.call('HSET', deliveriesKey(id), channel, state .. '|' .. now .. '|' .. attempts .. '|' .. since .. '|' .. place)
end
local function putIn(id, channel, attempts, since)
  local entry = redis.call('XADD', base .. ':outbox', '*', 'incident', id, 'channel', channel)
  redis.call('ZADD', base .. ':waiting', since, id .. '|' .. channel)
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
      if before and before.state == 'dead' then redis.call('ZREM', base .. ':dead', id .. '|' .. channel) end
      if wakes then redis.call('ZREM', base .. ':delayed', id .. '|' .. channel) end
      local since, attempts = wakes and math.min(before.since, now) or now, wakes and before.attempts or 0
      local entry = redis.call('XADD', base .. ':outbox', '*', 'incident', id, 'channel', channel)
      fields[#fields + 1] = channel
      fields[#fields + 1] = 'pending|' .. now .. '|' .. attempts .. '|' .. since .. '|' .. entry
      waits[#waits + 1] = since
      waits[#waits + 1] = id .. '|' .. channel
    end
  end
  if #fields > 0 then
    redis.call('HSET', deliveriesKey(id), unpack(fields))
    redis.call('ZADD', base .. ':waiting', unpack(waits))
  end
end
`;

/** The lifetime of everything that belongs to an incident; its anomaly is not forgotten while it could still count for the last 30 days. */
export const LUA_KEEP = `
local function keep(id, anomaly, retention)
  local anomalyFor = math.max(retention, 2592000000)
  redis.call('PEXPIRE', incidentKey(id), retention)
  redis.call('PEXPIRE', incidentKey(id) .. ':timeline', retention)
  redis.call('PEXPIRE', deliveriesKey(id), retention)
  redis.call('PEXPIRE', base .. ':anomaly:' .. anomaly, anomalyFor)
  redis.call('PEXPIRE', string.sub(base, 8) .. ':anomaly:timeline:' .. anomaly, anomalyFor)
end
local function happened(id, entry)
  local key = incidentKey(id) .. ':timeline'
  if redis.call('RPUSH', key, now .. ' ' .. entry) > 200 then redis.call('LTRIM', key, -200, -1) end
end
`;

/** An incident as it stands, in one step: its revision belongs to all of it. */
export const LUA_READ = `
local function read(id)
  return {
    redis.call('HGETALL', incidentKey(id)),
    redis.call('LRANGE', incidentKey(id) .. ':timeline', 0, -1),
    redis.call('HGETALL', deliveriesKey(id)),
  }
end
`;
