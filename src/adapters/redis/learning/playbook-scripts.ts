import { PLAYBOOK_MS, RECENT } from '../../../domain/outcomes/limits.ts';
import { script } from '../script.ts';
import { LUA_LEARNING } from './lua.ts';

/** One outcome of a run of the playbook. `last` are the newest, each `TIME SUCCESS SECONDS ID BY` on a line of its own, newest first. */
export const RECORD_RUN = script(`${LUA_LEARNING}
local key, id, success, given, seconds = base .. ':learning:playbook:' .. ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local ids, attempts, successes, s, f, last = unpack(call('HMGET', key, 'ids', 'attempts', 'successes', 's', 'f', 'last'))
ids = ids or ''
if remembers(ids, id) then return 'repeated' end
local at = happenedAt(given)
local lines, line = {}, table.concat({ at, success, seconds, ARGV[6], ARGV[7] }, ' ')
for other in string.gmatch(last or '', '[^\\n]+') do
  if line and tonumber(string.match(other, '^%d+')) <= at then
    lines[#lines + 1] = line
    line = nil
  end
  lines[#lines + 1] = other
end
lines[#lines + 1] = line
local kept = table.concat(lines, '\\n', 1, math.min(#lines, ${RECENT}))
s, f = s or '0', f or '0'
if success == '1' then
  s, successes = added(s, at), (successes or 0) + 1
else
  f = added(f, at)
end
call('HSET', key, 'ids', remembering(ids, id), 'attempts', (attempts or 0) + 1, 'successes', successes or 0, 's', s, 'f', f, 'last', kept)
call('PEXPIRE', key, ${PLAYBOOK_MS})
return 'recorded'`);

export const PLAYBOOK = script(`${LUA_LEARNING}
local values = call('HMGET', base .. ':learning:playbook:' .. ARGV[1], 'attempts', 'successes', 's', 'f', 'last')
return { tostring(now), values[1] or '0', values[2] or '0', values[3] or '0', values[4] or '0', values[5] or '' }`);
