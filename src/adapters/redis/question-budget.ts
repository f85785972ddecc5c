import type { QuestionBudget } from '../../domain/ports/analyser.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';
import { run, script } from './script.ts';

/** The hour begins with its first question. */
const TAKE = script(`
local asked = tonumber(redis.call('GET', KEYS[1]) or 0)
if asked >= tonumber(ARGV[1]) then return 0 end
if redis.call('INCR', KEYS[1]) == 1 then redis.call('PEXPIRE', KEYS[1], 3600000) end
return 1`);

/** One counter for all replicas. */
export function redisQuestionBudget(commands: RedisCommands, perHour: number): QuestionBudget {
  return {
    take: async signal => (await ask('count a question', signal, () => run(commands, TAKE, [KEYS.questions, perHour]))) === 1,
  };
}
