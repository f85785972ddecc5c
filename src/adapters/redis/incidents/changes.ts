import { z } from 'zod';
import { ALERT_SOURCES } from '../../../domain/alerts/alert.ts';
import type { TimelineEntry } from '../../../domain/incidents/incident.ts';
import { repairHappening, repairText } from '../../../domain/incidents/repairs.ts';
import type { Changed, IncidentStore } from '../../../domain/ports/incident-store.ts';
import { ask } from '../fault.ts';
import { KEYS } from '../keys.ts';
import { run, type Script } from '../script.ts';
import {
  ACKNOWLEDGE_SCRIPT,
  AUTO_RESOLVE_SCRIPT,
  END_UNHEARD_SCRIPT,
  FIELD_SCRIPT,
  HOLD_SCRIPT,
  NOTE_SCRIPT,
  REPAIR_SCRIPT,
  RESOLVE_SCRIPT,
  SETTLED_SCRIPT,
} from './change-scripts.ts';
import type { RedisIncidentStoreOptions } from './store.ts';
import { incidentFrom, labelsFrom, StoredSnapshot } from './stored-incident.ts';
import { ALL_PARTITIONS, withinPartitionOf } from './within-partition.ts';

const Reply = z.union([z.tuple([z.literal('missing')]), z.tuple([z.enum(['changed', 'unchanged']), StoredSnapshot])]);
const Settled = z
  .array(z.tuple([z.string(), z.enum(ALERT_SOURCES), z.string()]))
  .transform(rows => rows.map(([id, source, labels]) => ({ id, source, labels: labelsFrom(labels) })));

interface Change {
  readonly script: Script;
  readonly what: string;
  /** Undefined: the timeline tells nothing of it. */
  readonly entry: Omit<TimelineEntry, 'at'> | undefined;
  readonly tell: readonly string[];
  readonly args?: readonly string[];
}

/** What changes an incident besides its alerts. */
export function changes(options: RedisIncidentStoreOptions): Omit<IncidentStore, 'ingest' | 'find' | 'newest' | 'list' | 'trace'> {
  return { ...told(options), ...untold(options) };
}

type Untold = Pick<IncidentStore, 'note' | 'settled'>;

function told({
  redis: { commands },
  bell,
  retentionMs,
}: RedisIncidentStoreOptions): Omit<IncidentStore, 'ingest' | 'find' | 'newest' | 'list' | 'trace' | keyof Untold> {
  async function change(id: string, { script, what, entry, tell, args = [] }: Change, signal: AbortSignal): Promise<Changed> {
    const changed = await withinPartitionOf(id, async (key, partition) => {
      const texts = [tell.join(','), retentionMs, entry ? wellFormed(entry) : '', ...args];
      const changed = changedFrom(await ask(what, signal, () => run(commands, script, [key, id, ...texts])));
      if (changed.is === 'changed' && tell.length > 0) bell.ring(partition);
      return changed;
    });
    return changed ?? { is: 'missing' };
  }

  return {
    acknowledge: (id, { who, tell }, signal) =>
      change(id, { script: ACKNOWLEDGE_SCRIPT, what: 'acknowledge an incident', entry: { what: 'acknowledged', who }, tell }, signal),
    resolve: (id, { who, tell }, signal) =>
      change(id, { script: RESOLVE_SCRIPT, what: 'resolve an incident', entry: { what: 'resolved', who }, tell }, signal),
    autoResolve(id, tell, signal) {
      const entry = { what: 'resolved', who: 'operator', detail: 'all of its alerts have resolved' } as const;
      return change(id, { script: AUTO_RESOLVE_SCRIPT, what: 'resolve an incident', entry, tell }, signal);
    },
    analysed(id, { analysis, tell }, signal) {
      const entry = { what: 'analysed', who: analysis.by } as const;
      const args = ['analysis', JSON.stringify(analysis)];
      return change(id, { script: FIELD_SCRIPT, what: 'keep an analysis', entry, tell, args }, signal);
    },
    silenced(id, { silence, ended, who, tell }, signal) {
      const entry = { what: silence === undefined ? 'unsilenced' : 'silenced', who } as const;
      const standing = ended === undefined ? [] : [`"id":${JSON.stringify(ended)}`];
      const args = ['silence', silence === undefined ? '' : JSON.stringify(silence), ...standing];
      return change(id, { script: FIELD_SCRIPT, what: 'note a silence', entry, tell, args }, signal);
    },
    repairing(id, { repair, tell }, signal) {
      const { approvalId, updatedAt, phase } = repair;
      const args = [approvalId, String(updatedAt.getTime()), phase, repairText(repair)];
      return change(id, { script: REPAIR_SCRIPT, what: 'note a repair', entry: repairHappening(repair), tell, args }, signal);
    },
    holdOpen(id, { forMs, detail, tell }, signal) {
      const entry = { what: 'resolution-held', who: 'operator', detail } as const;
      return change(
        id,
        { script: HOLD_SCRIPT, what: 'hold an incident open', entry, tell, args: forMs === undefined ? [] : [String(forMs)] },
        signal,
      );
    },
    endUnheard(id, { revision, detail, tell }, signal) {
      const entry = { what: 'resolved', who: 'operator', detail } as const;
      return change(id, { script: END_UNHEARD_SCRIPT, what: 'resolve an incident', entry, tell, args: [String(revision)] }, signal);
    },
  };
}

function untold({ redis: { commands }, retentionMs }: Pick<RedisIncidentStoreOptions, 'redis' | 'retentionMs'>): Untold {
  return {
    async note(id, entry, signal) {
      await withinPartitionOf(id, key =>
        ask('note what happened', signal, () => run(commands, NOTE_SCRIPT, [key, id, wellFormed(entry), retentionMs])),
      );
    },
    async settled(limit, signal) {
      const ofPartition = (partition: number) => run(commands, SETTLED_SCRIPT, [KEYS.partition(partition), limit, retentionMs]);
      const replies = await ask('say what has settled', signal, () => Promise.all(ALL_PARTITIONS.map(ofPartition)));
      return replies.flatMap(reply => Settled.parse(reply));
    },
  };
}

function changedFrom(reply: unknown): Changed {
  const [is, snapshot] = Reply.parse(reply);
  const incident = snapshot && incidentFrom(snapshot);
  return is === 'missing' || !incident ? { is: 'missing' } : { is, incident };
}

function wellFormed(entry: Omit<TimelineEntry, 'at'>): string {
  return JSON.stringify({
    ...entry,
    who: entry.who.toWellFormed(),
    ...(entry.detail !== undefined && { detail: entry.detail.toWellFormed() }),
  });
}
