import { OUTCOMES_MS } from '../../../domain/outcomes/limits.ts';
import { MONTH_MS } from '../../../domain/incidents/windows.ts';
import { LUA_NOW, script } from '../script.ts';

/** The clock, how often the anomaly occurred, then of each action its name and what is counted. Without the ids, which are many. */
export const ANOMALY = script(`${LUA_NOW}
local base, call = KEYS[1], redis.call
local timeline = string.sub(base, 8) .. ':anomaly:timeline:' .. ARGV[1]
local all = call('HGETALL', base .. ':learning:anomaly:' .. ARGV[1])
local answer = { tostring(now), tostring(call('ZCOUNT', timeline, now - ${MONTH_MS}, '+inf')) }
for n = 1, #all, 2 do
  if all[n] ~= 'ids' then
    answer[#answer + 1] = string.sub(all[n], 3)
    answer[#answer + 1] = all[n + 1]
  end
end
return answer`);

/** Those that are too old fall off with the next that comes: until then they are left out here. */
export const OUTCOMES = script(`${LUA_NOW}
local answer, oldest = {}, now - ${OUTCOMES_MS}
local list = string.sub(KEYS[1], 8) .. ':learning:repair:' .. ARGV[1] .. ':' .. ARGV[2]
for n, entry in ipairs(redis.call('LRANGE', list, 0, ARGV[3] - 1)) do
  if tonumber(string.match(entry, '^%[(%d+)')) < oldest then break end
  answer[n] = entry
end
return answer`);

export const TOTALS = script(`${LUA_NOW}
local answer, all = { tostring(now) }, redis.call('HGETALL', KEYS[1] .. ':learning:totals')
for n = 1, #all do answer[n + 1] = all[n] end
return answer`);
