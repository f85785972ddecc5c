import { z } from 'zod';
import { DRILL_APPROVAL_STATUSES, type DrillApproval, type DrillApprovals } from '../../domain/ports/drill-approvals.ts';
import { isRecord } from '../../domain/text/json.ts';
import type { RedisCommands } from './connection.ts';
import { ask, asPortError } from './fault.ts';
import { KEYS } from './keys.ts';
import { LUA_NOW, run, script } from './script.ts';

/** Fields and lifetime in one step: one without a lifetime would wait for ever. */
const REQUEST = script(`${LUA_NOW}
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'status', 'pending', 'by', ARGV[1], 'requestedAt', string.format('%d', now), 'expiresAt', string.format('%d', now + ARGV[2]))
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return redis.call('HGETALL', KEYS[1])`);

const DECIDE = script(`${LUA_NOW}
local status = redis.call('HGET', KEYS[1], 'status')
if status == 'pending' or (status and ARGV[1] == 'withdrawn' and status ~= 'withdrawn') then
  redis.call('HSET', KEYS[1], 'status', ARGV[1], 'decidedBy', ARGV[2], 'decidedAt', string.format('%d', now))
end
return redis.call('HGETALL', KEYS[1])`);

const Time = z.coerce.number().transform(ms => new Date(ms));
const Stored = z.object({
  status: z.enum(DRILL_APPROVAL_STATUSES),
  by: z.string(),
  requestedAt: Time,
  expiresAt: Time,
  decidedBy: z.string().optional(),
  decidedAt: Time.optional(),
});

export function redisDrillApprovals(commands: RedisCommands): DrillApprovals {
  return {
    async request({ id, by, ttlMs }, signal) {
      const what = 'keep the approval of a drill';
      const kept = read(id, await ask(what, signal, () => run(commands, REQUEST, [KEYS.drillApproval(id), by, ttlMs])));
      if (kept) return kept;
      throw asPortError(what, new Error('it gave back nothing'));
    },
    async find(id, signal) {
      return read(id, await ask('find the approval of a drill', signal, () => commands.hgetall(KEYS.drillApproval(id))));
    },
    async decide(id, { status, by }, signal) {
      const what = 'note a decision about a drill';
      return read(id, await ask(what, signal, () => run(commands, DECIDE, [KEYS.drillApproval(id), status, by])));
    },
  };
}

function read(id: string, answer: unknown): DrillApproval | undefined {
  const fields = fieldsIn(answer);
  if (Object.keys(fields).length === 0) return undefined;
  const stored = Stored.safeParse(fields);
  if (!stored.success) throw asPortError('give the approval of a drill that we wrote', stored.error);
  const { decidedBy, decidedAt, ...rest } = stored.data;
  return { id, ...rest, ...(decidedBy !== undefined && decidedAt && { decided: { by: decidedBy, at: decidedAt } }) };
}

/** A script gives a hash as a flat list. */
function fieldsIn(answer: unknown): Readonly<Record<string, unknown>> {
  if (!Array.isArray(answer)) return isRecord(answer) ? answer : {};
  const list: readonly unknown[] = answer;
  return Object.fromEntries(list.flatMap((name, at) => (at % 2 === 0 ? [[String(name), list[at + 1]]] : [])));
}
