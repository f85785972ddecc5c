import { hash } from 'node:crypto';
import { z } from 'zod';
import { plainId } from '../../../domain/incidents/bounds.ts';
import { partitionOf, PARTITIONS } from '../../../domain/incidents/partition.ts';
import { DETAILS } from '../../../domain/outcomes/limits.ts';
import { storableName, storableOutcome } from '../../../domain/outcomes/storable-outcome.ts';
import type { LearningRepository, PlaybookVersion, Recorded, RepairOutcome } from '../../../domain/ports/learning-repository.ts';
import type { RedisCommands } from '../connection.ts';
import { ask, asPortError } from '../fault.ts';
import { KEYS } from '../keys.ts';
import { run } from '../script.ts';
import { ID_CHARACTERS } from './lua.ts';
import { PLAYBOOK, RECORD_RUN } from './playbook-scripts.ts';
import { ANOMALY, OUTCOMES } from './read-scripts.ts';
import { RECORD } from './record-script.ts';
import { candidates } from './candidates.ts';
import { detailRest, outcomeFrom } from './stored-outcome.ts';
import { StoredAnomaly, StoredPlaybook, StoredRecorded } from './stored-record.ts';
import { totals } from './totals.ts';

/** So many outcomes are under way at once: each has to be answered within the commandTimeout. */
const CHUNK = 250;

/** Outcomes of repairs: one script for each in the partition of its anomaly and, where it was verified, one in that of its playbook. */
export function redisLearning(commands: Pick<RedisCommands, 'eval' | 'evalsha'>): LearningRepository {
  async function recordChunk(chunk: readonly RepairOutcome[], signal: AbortSignal): Promise<Recorded[]> {
    // Written one behind the other on one connection. All are waited for before one of them fails: none is still under way then.
    const all = () => Promise.allSettled(chunk.map(each => recordOne(commands, storableOutcome(each))));
    const settled = await ask('record outcomes', signal, all);
    const failed = settled.find(each => each.status === 'rejected');
    if (failed) throw asPortError('record every outcome', failed.reason);
    return settled.flatMap(each => (each.status === 'fulfilled' ? each.value : []));
  }

  return {
    async record(outcomes, signal) {
      const answers: Recorded[] = [];
      for (let from = 0; from < outcomes.length; from += CHUNK) {
        answers.push(...(await recordChunk(outcomes.slice(from, from + CHUNK), signal)));
      }
      return answers;
    },
    async anomaly(anomalyKey, signal) {
      const args: [string, string] = [partitionKey(anomalyKey), plainId(anomalyKey)];
      return StoredAnomaly.parse(await ask('say what repairs have shown', signal, () => run(commands, ANOMALY, args)));
    },
    async outcomes({ anomalyKey, action, limit }, signal) {
      const most = Math.max(0, Math.min(DETAILS, Math.floor(limit)));
      if (most === 0) return [];
      const named = storableName(action);
      const args: [string, ...(string | number)[]] = [partitionKey(anomalyKey), plainId(anomalyKey), encodeURIComponent(named), most];
      const entries = z.array(z.string()).parse(await ask('list outcomes', signal, () => run(commands, OUTCOMES, args)));
      return entries.map(entry => outcomeFrom(entry, { anomalyKey, action: named }));
    },
    async playbook(of, signal) {
      const { key, name } = playbookKey(of);
      return StoredPlaybook.parse(await ask('say what a playbook has shown', signal, () => run(commands, PLAYBOOK, [key, name])));
    },
    totals: totals(commands),
    ...candidates(commands),
  };
}

/** The anomaly first: its answer is the outcome's. Whatever fails, both may be sent again. */
async function recordOne(commands: Pick<RedisCommands, 'eval' | 'evalsha'>, outcome: RepairOutcome): Promise<Recorded> {
  const { anomalyKey, action, success, at, executionSeconds = 0, verified } = outcome;
  const shared = [digest(outcome.id), success ? 1 : 0, at?.getTime() ?? '', executionSeconds];
  const named = [plainId(anomalyKey), encodeURIComponent(action)];
  const rest = [detailRest(outcome), verified?.anomalyClass ?? ''];
  const recorded = run(commands, RECORD, [partitionKey(anomalyKey), ...named, ...shared, ...rest]);
  if (!verified) return StoredRecorded.parse(await recorded);
  const { key, name } = playbookKey(verified.playbook);
  const [answer] = await Promise.all([
    recorded,
    run(commands, RECORD_RUN, [key, name, ...shared, outcome.id, encodeURIComponent(outcome.by)]),
  ]);
  return StoredRecorded.parse(answer);
}

function partitionKey(anomalyKey: string): string {
  return KEYS.partition(partitionOf(anomalyKey));
}

/** Playbooks are spread by a hash of their name and steps. */
function playbookKey({ namespace, name, steps }: PlaybookVersion): { readonly key: string; readonly name: string } {
  const version = `${namespace}/${name}/${steps}`;
  const [byte = 0] = hash('sha256', version, 'buffer');
  return { key: KEYS.partition(byte % PARTITIONS), name: plainId(version) };
}

function digest(id: string): string {
  return hash('sha256', id, 'base64url').slice(0, ID_CHARACTERS);
}
