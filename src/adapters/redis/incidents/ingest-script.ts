import { NAMED_WITHIN_MS, UNNAMED } from '../../../domain/incidents/judgement.ts';
import { TURNED_CRITICAL } from '../../../domain/incidents/occurrence.ts';
import { script } from '../script.ts';
import { SEVERITIES } from '../../../domain/alerts/alert.ts';
import { DAY_MS, HOUR_MS, MONTH_MS, TRACED, WEEK_MS } from '../../../domain/incidents/windows.ts';
import { LUA_CLOCK, LUA_DELIVERY, LUA_KEEP, LUA_TELL } from './lua.ts';

const ARGUMENTS = `
local anomaly, print, token, startsAt, status, request = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local newId, source, severity, replica = ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local settle, reopenWithin, retention = tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13])
local onOpen, onChange, later = ARGV[14], ARGV[15], ARGV[16]
local name, labels, annotations, links, endsAt = ARGV[17], ARGV[18], ARGV[19], ARGV[20], tonumber(ARGV[21])
local anomalyKey, standingField = base .. ':anomaly:' .. anomaly, 'alert:' .. print
local timelineKey = string.sub(base, 8) .. ':anomaly:timeline:' .. anomaly
local requestKey = base .. ':request:' .. anomaly .. ':' .. print .. ':' .. request
`;

/**
 * Remembers what became of the message for those who trace it, and says it: every way through the script ends here. Of the newest that are
 * kept the oldest makes room for the newest that changed an incident, should that be older: repeats never push it out.
 */
const OUTCOME = `
local function outcome(word, id, at)
  local key = base .. ':trace:' .. print
  local length = call('LPUSH', key, table.concat({ now, replica, source, status, word, id or '', at or '' }, '\\t'))
  if length > ${TRACED} then
    local function changed(entry) return string.find(entry, '\\topened\\t', 1, true) or string.find(entry, '\\taccepted\\t', 1, true) end
    local oldest, newer = call('RPOP', key), false
    if changed(oldest) then
      for _, entry in ipairs(call('LRANGE', key, 0, -1)) do newer = newer or changed(entry) end
      if not newer then call('LSET', key, -1, oldest) end
    end
  end
  call('PEXPIRE', key, ${WEEK_MS})
  if request ~= '' and word ~= 'request' and word ~= 'unknown' then call('SET', requestKey, id or '', 'PX', ${DAY_MS}) end
  return { word, id or '', at or '' }
end
`;

const REMEMBERED = `
local known = call('HMGET', anomalyKey, 'incident', 'firstSeen', 'sweepAt', standingField)
local id, incident = known[1], nil
if id then
  local fields = call('HMGET', incidentKey(id), 'status', 'resolvedAt', 'firing', 'severity', 'occurrences', 'revision', 'openedAt')
  if fields[1] then
    incident = { status = fields[1], resolvedAt = tonumber(fields[2] or now), firing = tonumber(fields[3]), severity = fields[4],
      occurrences = tonumber(fields[5]), revision = tonumber(fields[6]), openedAt = fields[7] }
  else
    id = nil
  end
end
id = id or nil
local standing, began, mark
local entry = known[4]
if entry then standing, began, mark = string.match(entry, '^(%a+)|([^|]*)|(.*)$') end
local started = tonumber(began or '')
local function older() return startsAt ~= '' and started and started <= now and tonumber(startsAt) < started end
if request ~= '' then
  local before = call('GET', requestKey)
  if before then return outcome('request', before) end
end
`;

const RESOLVED = `
if status == 'resolved' then
  if not standing or not incident then return outcome('unknown') end
  if standing == 'resolved' then return outcome('resolution', id) end
  if older() and not (endsAt and endsAt >= started) then return outcome('newer', id, began) end
  call('HSET', anomalyKey, standingField, 'resolved|' .. began .. '|' .. mark)
  local firing = math.max(0, incident.firing - 1)
  call('HSET', incidentKey(id), 'firing', firing, 'revision', incident.revision + 1, 'updatedAt', now)
  local ended = math.max(tonumber(call('HGET', incidentKey(id), 'endedAt') or 0), math.min(endsAt or now, now))
  call('HSET', incidentKey(id), 'endedAt', ended)
  if firing == 0 then call('HSET', incidentKey(id), 'quietSince', now) end
  if firing == 0 and incident.status ~= 'resolved' then
    if settle == 0 then
      call('HSET', incidentKey(id), 'status', 'resolved', 'resolvedAt', now)
      call('ZREM', base .. ':incidents:open', id)
      happened(id, '{"what":"resolved","who":"' .. source .. '"}')
    else
      call('ZADD', base .. ':settling', now + settle, id)
    end
  end
  tell(id, onChange, false)
  keep(id, anomaly, retention)
  return outcome('accepted', id)
end
`;

const SAME_FIRING = `
local forgotten = standing == 'firing' and not id
if forgotten then standing, began, started, mark = nil, nil, nil, nil end
if token == '' then
  if standing == 'firing' then return outcome('firing', id) end
  token = '${UNNAMED}' .. clock[1] .. '.' .. clock[2]
else
  local counted = known[2] and not forgotten and call('ZSCORE', timelineKey, print .. '|' .. token)
  if counted then return outcome('occurrence', id, counted) end
  if mark == token then return outcome('occurrence', id) end
  if standing == 'firing' and string.sub(mark, 1, 1) == '${UNNAMED}' and incident and incident.status ~= 'resolved' then
    local since = call('ZSCORE', timelineKey, print .. '|' .. mark)
    if since and now - since <= ${NAMED_WITHIN_MS} then
      call('ZADD', timelineKey, since, print .. '|' .. token)
      call('ZREM', timelineKey, print .. '|' .. mark)
      call('HSET', anomalyKey, standingField, 'firing|' .. startsAt .. '|' .. token)
      return outcome('firing', id)
    end
  end
  if standing == 'firing' and older() then return outcome('newer', id, began ~= '' and began or nil) end
end
`;

/**
 * The first write is one that a full Redis refuses: after a DEL it would take all others. Alerts that resolved are forgotten when there are
 * too many; the mark is set so far off that this is seldom.
 */
const COUNT = `
call('ZADD', timelineKey, now, print .. '|' .. token)
local opens = not incident or (incident.status == 'resolved' and now - incident.resolvedAt > reopenWithin)
local reopens = not opens and incident.status == 'resolved'
local firstSeen = known[2] or now
if opens then
  if known[2] then call('DEL', anomalyKey) end
  id, standing = newId, nil
  call('HSET', anomalyKey, 'incident', id, 'firstSeen', firstSeen, standingField, 'firing|' .. startsAt .. '|' .. token)
else
  call('HSET', anomalyKey, standingField, 'firing|' .. startsAt .. '|' .. token)
  if not entry and call('HLEN', anomalyKey) > tonumber(known[3] or 1000) then
    local all, left = call('HGETALL', anomalyKey), 0
    for i = 1, #all, 2 do
      if string.sub(all[i], 1, 6) == 'alert:' and string.sub(all[i + 1], 1, 8) == 'resolved' then
        call('HDEL', anomalyKey, all[i])
      else
        left = left + 1
      end
    end
    call('HSET', anomalyKey, 'sweepAt', math.max(1000, 2 * left))
  end
end
local month = 1
if known[2] then
  call('ZREMRANGEBYSCORE', timelineKey, '-inf', '(' .. now - ${MONTH_MS})
  month = call('ZCARD', timelineKey)
  if month > 10000 then month = month - call('ZREMRANGEBYRANK', timelineKey, 0, -10001) end
end
local hour, day, week = 1, 1, 1
if month > 1 then
  hour = call('ZCOUNT', timelineKey, now - ${HOUR_MS}, '+inf')
  day = call('ZCOUNT', timelineKey, now - ${DAY_MS}, '+inf')
  week = call('ZCOUNT', timelineKey, now - ${WEEK_MS}, '+inf')
end
`;

const ACCEPT = `
local order = '${SEVERITIES.join(' ')}'
local function rank(name) return string.find(order, name, 1, true) or 99 end
local worse = not opens and rank(severity) < rank(incident.severity)
if not opens and not worse then severity = incident.severity end
local key = incidentKey(id)
if opens then
  call('HSET', key, 'id', id, 'anomalyKey', anomaly, 'source', source, 'status', 'open', 'openedAt', now, 'firstSeen', firstSeen,
    'revision', 1, 'updatedAt', now, 'lastSeen', now, 'occurrences', 1, 'firing', 1, 'severity', severity,
    'last1h', hour, 'last24h', day, 'last7d', week, 'last30d', month,
    'startedAt', startsAt, 'name', name, 'fingerprint', print, 'labels', labels, 'annotations', annotations, 'links', links)
  call('ZADD', base .. ':incidents', now, id)
  call('ZADD', base .. ':incidents:open', now, id)
else
  call('HSET', key, 'revision', incident.revision + 1, 'updatedAt', now, 'lastSeen', now, 'occurrences', incident.occurrences + 1,
    'firing', incident.firing + (standing == 'firing' and 0 or 1), 'severity', severity,
    'last1h', hour, 'last24h', day, 'last7d', week, 'last30d', month,
    'startedAt', startsAt, 'name', name, 'fingerprint', print, 'labels', labels, 'annotations', annotations, 'links', links)
  call('ZREM', base .. ':settling', id)
  if incident.firing == 0 then call('HDEL', key, 'quietSince', 'endedAt') end
end
if reopens then
  call('HSET', key, 'status', 'open')
  call('HDEL', key, 'resolvedAt', 'acknowledgedAt')
  call('ZADD', base .. ':incidents:open', incident.openedAt, id)
  happened(id, '{"what":"reopened","who":"' .. source .. '"}')
elseif worse and severity == 'critical' and incident.status == 'acknowledged' then
  call('HSET', key, 'status', 'open')
  call('HDEL', key, 'acknowledgedAt')
  happened(id, '{"what":"unacknowledged","who":"' .. source .. '","detail":"${TURNED_CRITICAL}"}')
end
`;

const TELL = `
tell(id, (opens or reopens) and onOpen or onChange, worse or reopens, opens)
if opens or reopens or (worse and severity == 'critical') then
  for channel, after in string.gmatch(later, '([^,=]+)=(%d+)') do
    local before, due = not opens and delivery(id, channel), now + tonumber(after)
    if not before or before.state ~= 'pending' or before.place == 'later' then
      if before and before.state == 'dead' then call('ZREM', base .. ':dead', id .. '|' .. channel) end
      call('ZADD', base .. ':delayed', due, id .. '|' .. channel)
      record(id, channel, 'pending', 0, due, 'later')
    end
  end
end
keep(id, anomaly, retention, opens)
return outcome(opens and 'opened' or 'accepted', id)
`;

/**
 * One message about one alert, whole: what it means (`judge` in domain/incidents says the same in TypeScript), the count, the incident,
 * the outbox. Redis refuses a script for want of memory before its first write, so that it happens whole or not at all.
 */
export const INGEST = script(
  [LUA_CLOCK, LUA_DELIVERY, LUA_TELL, LUA_KEEP, ARGUMENTS, OUTCOME, REMEMBERED, RESOLVED, SAME_FIRING, COUNT, ACCEPT, TELL].join(''),
);
