import type { IncidentStore, TraceEntry } from '../ports/incident-store.ts';
import type { Incident } from './incident.ts';
import { partitionOfIncident } from './partition.ts';

/** Where an alert went. Both lists newest first, and both empty where nothing is known of it. */
export interface Trace {
  readonly entries: readonly TraceEntry[];
  readonly incidents: readonly Incident[];
}

type Store = Pick<IncidentStore, 'find' | 'list' | 'trace'>;

/** More say little more: of an alert that comes again and again each tells the same. */
const INCIDENTS = 10;
/** Pages may be empty though there are more. */
const PAGES = 10;

/** By the id of an incident, by the fingerprint of an alert, or else by the alertname, of which the newest incidents count. */
export async function traceOf(store: Store, alert: string, signal: AbortSignal): Promise<Trace> {
  if (partitionOfIncident(alert) !== undefined) {
    const incident = await store.find(alert, signal);
    return incident ? withEntries(store, [incident], signal) : { entries: [], incidents: [] };
  }
  const entries = await store.trace(alert, signal);
  if (entries.length > 0) return { entries, incidents: await incidentsOf(store, entries, signal) };
  return withEntries(store, await newestNamed(store, alert, signal), signal);
}

async function incidentsOf(store: Store, entries: readonly TraceEntry[], signal: AbortSignal): Promise<readonly Incident[]> {
  const ids = [...new Set(entries.flatMap(({ incidentId }) => incidentId ?? []))].slice(0, INCIDENTS);
  const found = await Promise.all(ids.map(id => store.find(id, signal)));
  return found.flatMap(incident => incident ?? []);
}

async function newestNamed(store: Store, name: string, signal: AbortSignal): Promise<readonly Incident[]> {
  const found: Incident[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES && found.length < INCIDENTS; page += 1) {
    const { incidents, next } = await store.list(
      { name, limit: INCIDENTS - found.length, ...(cursor !== undefined && { cursor }) },
      signal,
    );
    found.push(...incidents);
    if (next === undefined) break;
    cursor = next;
  }
  return found;
}

/** Of alerts that are in other incidents as well, only what concerns these. */
async function withEntries(store: Store, incidents: readonly Incident[], signal: AbortSignal): Promise<Trace> {
  const ids = new Set(incidents.map(({ id }) => id));
  const fingerprints = [...new Set(incidents.map(({ fingerprint }) => fingerprint))];
  const traced = await Promise.all(fingerprints.map(fingerprint => store.trace(fingerprint, signal)));
  const entries = traced.flat().filter(({ incidentId }) => incidentId === undefined || ids.has(incidentId));
  return { entries: entries.toSorted((a, b) => b.at.getTime() - a.at.getTime()), incidents };
}
