import { plainId, storable } from '../../../domain/incidents/bounds.ts';
import { ingestedOf } from '../../../domain/incidents/outcome.ts';
import { partitionOf } from '../../../domain/incidents/partition.ts';
import type { WorkBell } from '../../../domain/incidents/work-bell.ts';
import type { IncidentStore, Ingest, Ingested } from '../../../domain/ports/incident-store.ts';
import type { RedisConnection } from '../connection.ts';
import { ask, asPortError } from '../fault.ts';
import { KEYS } from '../keys.ts';
import { run } from '../script.ts';
import { changes } from './changes.ts';
import { FIND_SCRIPT, NEWEST_SCRIPT } from './change-scripts.ts';
import { INGEST } from './ingest-script.ts';
import { listing } from './listing.ts';
import { StoredOutcome } from './stored-outcome.ts';
import { incidentFrom, StoredSnapshot } from './stored-incident.ts';
import { trace } from './trace.ts';
import { withinPartitionOf } from './within-partition.ts';

export interface RedisIncidentStoreOptions {
  readonly redis: Pick<RedisConnection, 'commands'>;
  /** Rung for the partitions that get work; the outbox of the same process listens. */
  readonly bell: WorkBell;
  /** Named in traces. */
  readonly replica: string;
  readonly reopenWithinMs: number;
  readonly retentionMs: number;
}

/** So many scripts are under way at once: each has to be answered within the commandTimeout. */
const CHUNK = 250;

/** Incidents and the counter of anomalies: one script for each alert, in the partition of its anomaly. */
export function redisIncidentStore(options: RedisIncidentStoreOptions): IncidentStore {
  const { commands } = options.redis;

  async function ingestChunk(chunk: readonly Ingest[], signal: AbortSignal): Promise<Ingested[]> {
    // Written one behind the other on one connection, so that Redis runs them in this order. All are waited for before one of them fails.
    const all = () => Promise.allSettled(chunk.map(each => run(commands, INGEST, argumentsOf(each, options))));
    const settled = await ask('take alerts', signal, all);
    const answers = settled.map(each => (each.status === 'fulfilled' ? ingestedOf(StoredOutcome.parse(each.value)) : undefined));
    for (const partition of withWork(chunk, answers)) options.bell.ring(partition);
    const failed = settled.find(each => each.status === 'rejected');
    if (failed) throw asPortError('take every alert', failed.reason);
    return answers.flatMap(answer => answer ?? []);
  }

  return {
    async ingest(alerts, signal) {
      const answers: Ingested[] = [];
      for (let from = 0; from < alerts.length; from += CHUNK) {
        answers.push(...(await ingestChunk(alerts.slice(from, from + CHUNK), signal)));
      }
      return answers;
    },
    async find(id, signal) {
      const reply = await withinPartitionOf(id, key => ask('find an incident', signal, () => run(commands, FIND_SCRIPT, [key, id])));
      return reply === undefined ? undefined : incidentFrom(StoredSnapshot.parse(reply));
    },
    async newest(anomalyKey, signal) {
      const args: [string, string] = [KEYS.partition(partitionOf(anomalyKey)), plainId(anomalyKey)];
      return incidentFrom(StoredSnapshot.parse(await ask('find the newest incident', signal, () => run(commands, NEWEST_SCRIPT, args))));
    },
    list: listing(commands),
    trace: trace(commands),
    ...changes(options),
  };
}

function withWork(chunk: readonly Ingest[], answers: readonly (Ingested | undefined)[]): Set<number> {
  const hasWork = ({ told }: Ingest, n: number): boolean => answers[n]?.is === 'accepted' && told.onOpen.length + told.onChange.length > 0;
  return new Set(chunk.filter(hasWork).map(({ alert }) => partitionOf(alert.anomalyKey)));
}

/** In the order in which the script takes them; an empty text stands for none. */
function argumentsOf(
  { alert: given, newId, told, settleMs }: Ingest,
  { replica, reopenWithinMs, retentionMs }: RedisIncidentStoreOptions,
): [string, ...(string | number)[]] {
  const alert = storable(given);
  const startsAt = alert.startsAt?.getTime().toString() ?? '';
  return [
    KEYS.partition(partitionOf(alert.anomalyKey)),
    alert.anomalyKey,
    alert.fingerprint,
    alert.occurrence ?? startsAt,
    startsAt,
    alert.status,
    alert.requestId ?? '',
    newId,
    alert.source,
    alert.severity,
    replica,
    settleMs,
    reopenWithinMs,
    retentionMs,
    told.onOpen.join(','),
    told.onChange.join(','),
    told.later.map(({ channel, afterMs }) => `${channel}=${Math.round(afterMs)}`).join(','),
    alert.name,
    JSON.stringify(alert.labels),
    JSON.stringify(alert.annotations),
    JSON.stringify(alert.links),
    alert.endsAt?.getTime().toString() ?? '',
  ];
}
