import type { IncidentQuery } from '../ports/incident-store.ts';
import type { Incident } from './incident.ts';

/** Whether an incident belongs into what a query lists. */
export function isAskedFor(incident: Incident, query: IncidentQuery): boolean {
  const { openedSince, openedUntil } = query;
  const fields = ['status', 'source', 'severity', 'anomalyKey', 'name'] as const;
  return (
    fields.every(field => query[field] === undefined || query[field] === incident[field]) &&
    (openedSince === undefined || incident.openedAt >= openedSince) &&
    (openedUntil === undefined || incident.openedAt <= openedUntil)
  );
}
