import { plainId } from '../../domain/incidents/bounds.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import { ingestedOf, tracedOf } from '../../domain/incidents/outcome.ts';
import { cursorAt, newestFirst, positionOf } from '../../domain/incidents/page-position.ts';
import { partitionOfIncident } from '../../domain/incidents/partition.ts';
import { isAskedFor } from '../../domain/incidents/query.ts';
import { TRACED } from '../../domain/incidents/windows.ts';
import type { WorkBell } from '../../domain/incidents/work-bell.ts';
import type { IncidentPage, IncidentQuery, IncidentStore, Ingest, Ingested, TraceEntry } from '../../domain/ports/incident-store.ts';
import { anomalies } from './anomalies.ts';
import type { Deliveries } from './deliveries.ts';
import { memoryChanges } from './incident-changes.ts';
import { ingestion } from './ingestion.ts';

export interface MemoryIncidentStoreOptions {
  readonly now: () => Date;
  readonly replica: string;
  readonly reopenWithinMs: number;
  readonly bell: WorkBell;
  readonly deliveries: Deliveries;
  /** By id, without their deliveries. */
  readonly kept: Map<string, Incident>;
}

/** Incidents and the counter of anomalies, by the decisions of the domain. */
export function memoryIncidentStore(options: MemoryIncidentStoreOptions): IncidentStore {
  const { now, replica, bell, deliveries, kept } = options;
  const due = new Map<string, number>();
  const traces = new Map<string, TraceEntry[]>();
  const known = anomalies();
  const ingest = ingestion(options, { due, known });
  const complete = (incident: Incident): Incident => ({ ...incident, deliveries: deliveries.of(incident.id) });

  function ingestOne(given: Ingest): Ingested {
    const outcome = ingest(given);
    const print = plainId(given.alert.fingerprint);
    const line = { at: now(), replica, source: given.alert.source, status: given.alert.status, ...tracedOf(outcome) };
    traces.set(print, newest([line, ...(traces.get(print) ?? [])]));
    return ingestedOf(outcome);
  }

  function tell(id: string, channels: readonly string[]): void {
    deliveries.tell(id, channels, true);
    if (channels.length > 0) bell.ring(partitionOfIncident(id) ?? 0);
  }

  return {
    async ingest(alerts, signal) {
      signal.throwIfAborted();
      return alerts.map(ingestOne);
    },
    async find(id) {
      const incident = kept.get(id);
      return incident && complete(incident);
    },
    newest: async anomalyKey => pageOf([...kept.values()].map(complete), { anomalyKey: plainId(anomalyKey), limit: 1 }).incidents[0],
    list: async query => pageOf([...kept.values()].map(complete), query),
    trace: async fingerprint => traces.get(plainId(fingerprint)) ?? [],
    ...memoryChanges({ now, kept, due, known, complete, tell }),
  };
}

const changed = ({ outcome }: TraceEntry): boolean => outcome === 'accepted';

/** The oldest makes room for the newest that changed an incident, should that be older still. */
function newest(entries: readonly TraceEntry[]): TraceEntry[] {
  const kept = entries.slice(0, TRACED);
  const pushedOut = kept.some(changed) ? undefined : entries.slice(TRACED).find(changed);
  return pushedOut ? [...kept.slice(0, -1), pushedOut] : kept;
}

function pageOf(all: readonly Incident[], query: IncidentQuery): IncidentPage {
  const after = query.cursor === undefined ? undefined : positionOf(query.cursor);
  const positions = all
    .filter(incident => isAskedFor(incident, query))
    .map(incident => ({ incident, id: incident.id, openedAt: incident.openedAt.getTime() }))
    .filter(position => !after || newestFirst(after, position) < 0)
    .toSorted(newestFirst);
  const page = positions.slice(0, Math.max(1, query.limit));
  const last = page.at(-1);
  return { incidents: page.map(({ incident }) => incident), ...(last && last !== positions.at(-1) && { next: cursorAt(last) }) };
}
