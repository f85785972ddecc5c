import { z } from 'zod';
import { partitionOf } from '../../../domain/incidents/partition.ts';
import type { LearningRepository, PromotionCandidate } from '../../../domain/ports/learning-repository.ts';
import type { RedisCommands } from '../connection.ts';
import { ask } from '../fault.ts';
import { ALL_PARTITIONS } from '../incidents/within-partition.ts';
import { KEYS } from '../keys.ts';
import { run, script } from '../script.ts';

/** Some of them, others each time: one that cannot be dealt with just now does not stand in the way of the rest. */
const SOME = script(`return redis.call('HRANDFIELD', KEYS[1] .. ':learning:candidates', ARGV[1], 'WITHVALUES')`);

const SETTLE = script(`
local key = KEYS[1] .. ':learning:candidates'
if redis.call('HGET', key, ARGV[1]) == ARGV[2] then return redis.call('HDEL', key, ARGV[1]) end
return 0`);

const Found = z
  .array(z.string())
  .transform(flat => flat.flatMap((field, n) => (n % 2 === 0 ? [candidateFrom(field, flat[n + 1] ?? '')] : [])));

function candidateFrom(field: string, mark: string): PromotionCandidate {
  const [anomalyKey = '', action = ''] = field.split('\t');
  return { anomalyKey, action: decodeURIComponent(action), mark };
}

/** Put on the list by the script that records an outcome; `mark` is how often the action has helped. */
export function candidates(commands: Pick<RedisCommands, 'eval' | 'evalsha'>): Pick<LearningRepository, 'candidates' | 'settle'> {
  return {
    async candidates(limit, signal) {
      const ofPartition = (partition: number) => run(commands, SOME, [KEYS.partition(partition), limit]);
      const replies = await ask('say what may become a playbook', signal, () => Promise.all(ALL_PARTITIONS.map(ofPartition)));
      return replies.flatMap(reply => Found.parse(reply)).slice(0, limit);
    },
    async settle({ anomalyKey, action, mark }, signal) {
      const args: [string, string, string] = [
        KEYS.partition(partitionOf(anomalyKey)),
        `${anomalyKey}\t${encodeURIComponent(action)}`,
        mark,
      ];
      await ask('settle what may become a playbook', signal, () => run(commands, SETTLE, args));
    },
  };
}
