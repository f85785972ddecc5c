import { ENDED_PHASES } from '../../../crds/repairrun/status.ts';
import { DAY_MS, REPAIRS } from '../../../domain/incidents/windows.ts';
import { script } from '../script.ts';
import { GROUP, LUA_CLOCK, LUA_DELIVERY, LUA_KEEP, LUA_READ, LUA_TELL } from './lua.ts';

/**
 * A change that is no alert. `mayChange` is Lua that says whether there is anything to change, `change` what; both see the incident's status
 * and the arguments from ARGV[5] on. An empty entry is none.
 */
function changeScript(mayChange: string, change: string) {
  return script(`${LUA_CLOCK}${LUA_DELIVERY}${LUA_TELL}${LUA_KEEP}${LUA_READ}
local id, channels, retention, entry = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local key = incidentKey(id)
local fields = call('HMGET', key, 'status', 'anomalyKey')
local status = fields[1]
if not status then return { 'missing' } end
${mayChange}
if not may then return { 'unchanged', read(id) } end
${change}
call('HSET', key, 'updatedAt', now)
call('HINCRBY', key, 'revision', 1)
if entry ~= '' then happened(id, entry) end
tell(id, channels, true)
keep(id, fields[2], retention)
return { 'changed', read(id) }`);
}

const RESOLVE = `
call('HSET', key, 'status', 'resolved', 'resolvedAt', now)
call('ZREM', base .. ':incidents:open', id)
call('ZREM', base .. ':settling', id)
`;

export const ACKNOWLEDGE_SCRIPT = changeScript(
  `local may = status == 'open'`,
  `call('HSET', key, 'status', 'acknowledged', 'acknowledgedAt', now)`,
);

export const RESOLVE_SCRIPT = changeScript(`local may = status ~= 'resolved'`, RESOLVE);

/** Of what settles and is due; an alert that fired again took it out. */
export const AUTO_RESOLVE_SCRIPT = changeScript(
  `
local due = call('ZSCORE', base .. ':settling', id)
local may = due and tonumber(due) <= now and status ~= 'resolved'`,
  RESOLVE,
);

/** Also of its alerts, which else would count as firing when it opens again; unless it is of another revision than ARGV[5] by now. */
export const END_UNHEARD_SCRIPT = changeScript(
  `local may = status ~= 'resolved' and call('HGET', key, 'revision') == ARGV[5]`,
  `${RESOLVE}
call('HSET', key, 'firing', 0)
local anomaly = base .. ':anomaly:' .. fields[2]
local known = call('HGET', anomaly, 'incident') == id and call('HGETALL', anomaly) or {}
for n = 1, #known, 2 do
  local print = string.match(known[n], '^alert:(.*)$')
  local mark = print and string.match(known[n + 1], '^firing|[^|]*|(.*)$')
  if mark then
    call('HDEL', anomaly, known[n])
    call('ZREM', string.sub(base, 8) .. ':anomaly:timeline:' .. fields[2], print .. '|' .. mark)
  end
end`,
);

/**
 * Sets the field ARGV[5] to the text ARGV[6]; an empty text takes it away. Where there is an ARGV[7], only a text that contains it is
 * replaced.
 */
export const FIELD_SCRIPT = changeScript(
  `
local before = call('HGET', key, ARGV[5]) or ''
local may = before ~= ARGV[6] and (not ARGV[7] or string.find(before, ARGV[7], 1, true))`,
  `if ARGV[6] == '' then call('HDEL', key, ARGV[5]) else call('HSET', key, ARGV[5], ARGV[6]) end`,
);

/**
 * The repair ARGV[5] as it was at ARGV[6], in the phase ARGV[7], with the text ARGV[8]. Its field is `FIRST UPDATED PHASE JSON`. That it came
 * to a phase is told once.
 */
export const REPAIR_SCRIPT = changeScript(
  `
local field, at, phase = 'repair:' .. ARGV[5], ARGV[6], ARGV[7]
local known = call('HGET', key, field)
local first, before, was, said
if known then first, before, was, said = string.match(known, '^(%d+) (%d+) (%a+) (.*)$') end
local may = not known or (tonumber(before) <= tonumber(at) and said ~= ARGV[8])
if was == phase then entry = '' end`,
  `
call('HSET', key, field, (first or now) .. ' ' .. at .. ' ' .. phase .. ' ' .. ARGV[8])
if not known then
  local ended, all, oldest, since = { ${ENDED_PHASES.map(phase => `${phase} = true`).join(', ')} }, 0, nil, nil
  for _, name in ipairs(call('HKEYS', key)) do
    if string.sub(name, 1, 7) == 'repair:' then
      all = all + 1
      local began, _, stands = string.match(call('HGET', key, name), '^(%d+) (%d+) (%a+)')
      began = tonumber(began)
      local older = not since or began < since or (began == since and name < oldest)
      if name ~= field and ended[stands] and older then oldest, since = name, began end
    end
  end
  if all > ${REPAIRS} and oldest then call('HDEL', key, oldest) end
end`,
);

export const NOTE_SCRIPT = script(`${LUA_CLOCK}${LUA_KEEP}
local anomaly = call('HGET', incidentKey(ARGV[1]), 'anomalyKey')
if not anomaly then return 0 end
happened(ARGV[1], ARGV[2])
keep(ARGV[1], anomaly, tonumber(ARGV[3]))
return 1`);

/**
 * Of what settles and is due, for ARGV[5] milliseconds; without them of anything. An outage may last: what the timeline ends with already
 * is not said again.
 */
export const HOLD_SCRIPT = changeScript(
  `
local due = call('ZSCORE', base .. ':settling', id)
local may = due and tonumber(due) <= now
if not ARGV[5] then may = status ~= 'resolved' end
if may then
  if ARGV[5] then call('ZADD', base .. ':settling', now + tonumber(ARGV[5]), id) end
  keep(id, fields[2], retention)
  local last = call('LINDEX', key .. ':timeline', -1) or ''
  may = string.sub(last, (string.find(last, ' ', 1, true) or 0) + 1) ~= entry
end`,
  '',
);

/** Those whose time is over. Also forgets, a few at a time, the members of incidents that went by age, and consumers not seen for a day. */
export const SETTLED_SCRIPT = script(`${LUA_CLOCK}
local limit, retention = tonumber(ARGV[1]), tonumber(ARGV[2])
for _, set in ipairs({ ':incidents', ':incidents:open' }) do
  for _, id in ipairs(call('ZRANGEBYSCORE', base .. set, '-inf', now - retention, 'LIMIT', 0, 100)) do
    if call('EXISTS', incidentKey(id)) == 0 then call('ZREM', base .. set, id) end
  end
end
local consumers = redis.pcall('XINFO', 'CONSUMERS', base .. ':outbox', '${GROUP}')
for _, consumer in ipairs(consumers) do
  if consumer[4] == 0 and consumer[6] > ${DAY_MS} then call('XGROUP', 'DELCONSUMER', base .. ':outbox', '${GROUP}', consumer[2]) end
end
local settled = {}
for _, id in ipairs(call('ZRANGEBYSCORE', base .. ':settling', '-inf', now, 'LIMIT', 0, limit)) do
  local fields = call('HMGET', incidentKey(id), 'source', 'labels')
  if fields[1] then settled[#settled + 1] = { id, fields[1], fields[2] } else call('ZREM', base .. ':settling', id) end
end
return settled`);

export const FIND_SCRIPT = script(`${LUA_CLOCK}${LUA_READ}return read(ARGV[1])`);

export const NEWEST_SCRIPT = script(`${LUA_CLOCK}${LUA_READ}
local id = call('HGET', base .. ':anomaly:' .. ARGV[1], 'incident')
return id and read(id) or { {}, {}, {} }`);
