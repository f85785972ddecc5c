import { z } from 'zod';
import type { Incident } from '../../../domain/incidents/incident.ts';
import { cursorAt, newestFirst, type Position, positionOf } from '../../../domain/incidents/page-position.ts';
import { partitionOf, partitionOfIncident } from '../../../domain/incidents/partition.ts';
import { isAskedFor } from '../../../domain/incidents/query.ts';
import type { IncidentQuery, IncidentStore } from '../../../domain/ports/incident-store.ts';
import type { RedisCommands } from '../connection.ts';
import { ask } from '../fault.ts';
import { KEYS } from '../keys.ts';
import { run, script } from '../script.ts';
import { FIND_SCRIPT } from './change-scripts.ts';
import { incidentFrom, StoredSnapshot } from './stored-incident.ts';
import { ALL_PARTITIONS } from './within-partition.ts';

/** So many incidents are looked at for one page, however few of them are asked for. */
const LOOKED_AT = 500;
/** So many are read at once: labels and annotations can be long. */
const CHUNK = 50;

/** By a script, since Redis gives scores in another shape over each version of its protocol. */
const RANGE_SCRIPT = script(`return redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[1], ARGV[2], 'WITHSCORES', 'LIMIT', ARGV[3], ARGV[4])`);

const Scored = z.array(z.string());
const Fields = z.tuple([z.string().nullable(), z.string().nullable(), z.string().nullable(), z.string().nullable(), z.string().nullable()]);

interface Ranks {
  readonly commands: RedisCommands;
  readonly query: IncidentQuery;
  readonly after: Position | undefined;
  readonly count: number;
}

/** Pages over all partitions, each of which has its incidents by the time of opening. */
export function listing(commands: RedisCommands): IncidentStore['list'] {
  return async (query, signal) => {
    const after = query.cursor === undefined ? undefined : positionOf(query.cursor);
    const limit = Math.max(1, Math.min(LOOKED_AT, Math.floor(query.limit)));
    const partitions = query.anomalyKey === undefined ? ALL_PARTITIONS : [partitionOf(query.anomalyKey)];
    const count = filters(query) ? LOOKED_AT : limit;
    const of = (partition: number) => positions(partition, { commands, query, after, count: count + 1 });
    const found = await ask('list incidents', signal, async () => (await Promise.all(partitions.map(of))).flat());
    const candidates = found.toSorted(newestFirst);
    const looked = await ask('list incidents', signal, () => look(commands, candidates.slice(0, count), { query, limit }));
    const last = looked.last;
    return {
      incidents: looked.incidents,
      ...(last !== undefined && last !== candidates.at(-1) && { next: cursorAt(last) }),
    };
  };
}

/** Whether a page could be emptier than the range that it looks at. */
function filters({ status, source, severity, name, anomalyKey }: IncidentQuery): boolean {
  return [status, source, severity, name, anomalyKey].some(each => each !== undefined);
}

/** The next ones of a partition behind `after`. Those that opened in the same millisecond are read again, until enough others are found. */
async function positions(partition: number, { commands, query, after, count }: Ranks): Promise<Position[]> {
  const open = query.status === 'open' || query.status === 'acknowledged';
  const key = `${KEYS.partition(partition)}:incidents${open ? ':open' : ''}`;
  const until = Math.min(after?.openedAt ?? Infinity, query.openedUntil?.getTime() ?? Infinity);
  const range = [until === Infinity ? '+inf' : until, query.openedSince?.getTime() ?? '-inf'];
  const found: Position[] = [];
  for (let offset = 0; found.length < count; offset += count) {
    const reply = Scored.parse(await run(commands, RANGE_SCRIPT, [key, ...range, offset, count]));
    const page = inPairs(reply);
    found.push(...page.filter(position => !after || newestFirst(after, position) < 0));
    if (page.length < count) break;
  }
  return found.slice(0, count);
}

function inPairs(flat: readonly string[]): Position[] {
  return flat.flatMap((id, n) => (n % 2 === 0 ? [{ id, openedAt: Number(flat[n + 1]) }] : []));
}

/** Goes through them in order until the page is full; `last` is where it stopped. */
async function look(
  commands: RedisCommands,
  candidates: readonly Position[],
  { query, limit }: { readonly query: IncidentQuery; readonly limit: number },
): Promise<{ readonly incidents: Incident[]; readonly last: Position | undefined }> {
  const incidents: Incident[] = [];
  for (let from = 0; from < candidates.length; from += CHUNK) {
    const chunk = candidates.slice(from, from + CHUNK);
    const read = await Promise.all(chunk.map(async ({ id }) => (await mayMatch(commands, id, query)) && incidentOf(commands, id)));
    for (const [n, incident] of read.entries()) {
      if (incident && isAskedFor(incident, query)) incidents.push(incident);
      if (incidents.length === limit) return { incidents, last: chunk[n] };
    }
  }
  return { incidents, last: candidates.at(-1) };
}

/** By its short fields, before all of it is read. */
async function mayMatch(commands: RedisCommands, id: string, query: IncidentQuery): Promise<boolean> {
  if (!filters(query)) return true;
  const key = `${KEYS.partition(partitionOfIncident(id) ?? 0)}:incident:${id}`;
  const reply = await commands.call('HMGET', key, 'status', 'source', 'severity', 'name', 'anomalyKey');
  const [status, source, severity, name, anomalyKey] = Fields.parse(reply);
  const wanted = [query.status, query.source, query.severity, query.name, query.anomalyKey];
  return [status, source, severity, name, anomalyKey].every((value, n) => wanted[n] === undefined || wanted[n] === value);
}

/** One that is gone by age is taken off the lists on the way. */
async function incidentOf(commands: RedisCommands, id: string): Promise<Incident | undefined> {
  const base = KEYS.partition(partitionOfIncident(id) ?? 0);
  const incident = incidentFrom(StoredSnapshot.parse(await run(commands, FIND_SCRIPT, [base, id])));
  if (incident) return incident;
  await Promise.all([`${base}:incidents`, `${base}:incidents:open`].map(key => commands.call('ZREM', key, id)));
  return undefined;
}
