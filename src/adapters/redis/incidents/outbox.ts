import { z } from 'zod';
import { partitionOfIncident } from '../../../domain/incidents/partition.ts';
import type { WorkBell } from '../../../domain/incidents/work-bell.ts';
import type { DeadLetter, Outbox, Waiting, Work } from '../../../domain/ports/outbox.ts';
import { PortError } from '../../../domain/ports/port-error.ts';
import type { RedisConnection } from '../connection.ts';
import { ask } from '../fault.ts';
import { KEYS } from '../keys.ts';
import { run, type Script } from '../script.ts';
import {
  AGAIN_SCRIPT,
  DEAD_SCRIPT,
  DEPTH_SCRIPT,
  DONE_SCRIPT,
  GIVE_UP_SCRIPT,
  REMEMBER_SCRIPT,
  RETRY_DEAD_SCRIPT,
  TAKE_SCRIPT,
  WAITING_SCRIPT,
} from './outbox-scripts.ts';
import { memoFrom } from './stored-incident.ts';
import { ALL_PARTITIONS } from './within-partition.ts';

const Millis = z.coerce.number().transform(ms => new Date(ms));
const Taken = z.array(z.tuple([z.string(), z.string(), z.string(), z.coerce.number(), Millis, Millis, z.string()]));
const Ended = z.enum(['ok', 'put-back', 'not-yours', 'gone']);
const Letters = z
  .array(z.tuple([z.string(), z.string(), Millis, Millis, z.coerce.number(), z.string()]))
  .transform(rows =>
    rows.map(
      ([incidentId, channel, since, diedAt, attempts, reason]): DeadLetter => ({ incidentId, channel, since, diedAt, attempts, reason }),
    ),
  );
const LongestWaiting = z.array(z.tuple([z.string(), z.string(), Millis, z.string(), z.coerce.number(), z.string()])).transform(rows =>
  rows.map(
    ([incidentId, channel, since, due, attempts, reason]): Waiting => ({
      incidentId,
      channel,
      since,
      attempts,
      ...(due !== '' && { due: new Date(Number(due)) }),
      ...(reason !== '' && { reason }),
    }),
  ),
);
const Revived = z.tuple([z.number(), z.number()]);
const Depth = z.tuple([z.number(), z.number(), z.string()]);

export interface RedisOutboxOptions {
  readonly redis: Pick<RedisConnection, 'commands'>;
  /** The one that the incident store of this process rings. */
  readonly bell: WorkBell;
}

/** The outbox of each partition, a stream with one consumer group. */
export function redisOutbox({ redis: { commands }, bell }: RedisOutboxOptions): Outbox {
  const everywhere = (script: Script, ...args: (string | number)[]): Promise<unknown[]> =>
    Promise.all(ALL_PARTITIONS.map(partition => run(commands, script, [KEYS.partition(partition), ...args])));

  async function end(script: Script, work: Work, of: { what: string; args: (string | number)[]; signal: AbortSignal }) {
    const [entry = '', times = ''] = work.entryId.split('/');
    const all = [work.incidentId, work.channel, entry, times, ...of.args];
    return Ended.parse(await ask(of.what, of.signal, () => run(commands, script, [KEYS.partition(work.partition), ...all])));
  }

  return {
    async take(partition, { consumer, count, claimAfterMs }, signal) {
      const args = [KEYS.partition(partition), consumer, count, claimAfterMs] as const;
      const rows = Taken.parse(await ask('give out work', signal, () => run(commands, TAKE_SCRIPT, args)));
      return rows.map(([incidentId, channel, entryId, attempts, since, takenAt, memo]) => {
        return { partition, incidentId, channel, entryId, attempts, since, takenAt, memo: memoFrom(memo) };
      });
    },
    async remember(work, memo, signal) {
      const ended = await end(REMEMBER_SCRIPT, work, { what: 'remember what is about to be done', args: [memoText(memo)], signal });
      // Acting on it all the same would do it twice.
      if (ended !== 'ok') throw new PortError('unavailable', 'This work was given to another replica meanwhile, or its incident is gone.');
    },
    async done(work, { state, revision, memo, reason = '' }, signal) {
      const args = [state, revision, memoText(memo), reason.toWellFormed()];
      const ended = await end(DONE_SCRIPT, work, { what: 'note what was done', args, signal });
      if (ended === 'put-back') bell.ring(work.partition);
    },
    async again(work, of, signal) {
      const anew = of.reason === undefined && of.anew === true;
      const args = [Math.max(0, Math.round(of.afterMs)), (of.reason ?? '').toWellFormed(), anew ? 'anew' : ''];
      await end(AGAIN_SCRIPT, work, { what: 'put work off', args, signal });
    },
    async giveUp(work, reason, signal) {
      await end(GIVE_UP_SCRIPT, work, { what: 'keep a dead letter', args: [reason.toWellFormed()], signal });
    },
    async waiting(limit, signal) {
      const replies = await ask('list what waits', signal, () => everywhere(WAITING_SCRIPT, limit));
      const all = replies.flatMap(reply => LongestWaiting.parse(reply));
      return all.toSorted((a, b) => a.since.getTime() - b.since.getTime()).slice(0, limit);
    },
    async dead(limit, signal) {
      const replies = await ask('list dead letters', signal, () => everywhere(DEAD_SCRIPT, limit));
      const letters = replies.flatMap(reply => Letters.parse(reply));
      return letters.toSorted((a, b) => a.diedAt.getTime() - b.diedAt.getTime()).slice(0, limit);
    },
    retryDead: retrying({ redis: { commands }, bell }),
    async depth(signal) {
      const replies = await ask('say how much waits', signal, () => everywhere(DEPTH_SCRIPT));
      return depthOf(replies.map(reply => Depth.parse(reply)));
    },
    onWork: bell.onWork,
  };
}

function retrying({ redis: { commands }, bell }: RedisOutboxOptions): Outbox['retryDead'] {
  async function revive(partition: number, of: { incidentId?: string; channel?: string }, signal: AbortSignal): Promise<number> {
    let total = 0;
    for (let rank = 0; rank >= 0; ) {
      const args = [rank, of.incidentId ?? '', of.channel ?? ''];
      const reply = await ask('retry dead letters', signal, () => run(commands, RETRY_DEAD_SCRIPT, [KEYS.partition(partition), ...args]));
      const [revived, next] = Revived.parse(reply);
      if (revived > 0) bell.ring(partition);
      total += revived;
      rank = next;
    }
    return total;
  }

  return async (of, signal) => {
    const one = of.incidentId === undefined ? undefined : partitionOfIncident(of.incidentId);
    if (of.incidentId !== undefined && one === undefined) return 0;
    const revived = await Promise.all((one === undefined ? ALL_PARTITIONS : [one]).map(partition => revive(partition, of, signal)));
    return revived.reduce((sum, each) => sum + each, 0);
  };
}

function depthOf(partitions: readonly z.infer<typeof Depth>[]) {
  const oldest = Math.min(...partitions.map(([, , since]) => (since === '' ? Infinity : Number(since))));
  return {
    waiting: partitions.reduce((sum, [waiting]) => sum + waiting, 0),
    dead: partitions.reduce((sum, [, dead]) => sum + dead, 0),
    ...(oldest !== Infinity && { oldest: new Date(oldest) }),
  };
}

function memoText(memo: Readonly<Record<string, string>>): string {
  return Object.keys(memo).length === 0 ? '' : JSON.stringify(memo);
}
