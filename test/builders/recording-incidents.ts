import type { IncidentStore, Ingest, Ingested } from '../../src/domain/ports/incident-store.ts';

/**
 * As much of the store as the intake uses: it keeps what it was handed, gives each anomaly one incident, and knows again what it has seen:
 * a request of the same id, and the same firing or resolution of the same alert.
 */
export function recordingIncidents(): Pick<IncidentStore, 'ingest'> & { readonly handed: readonly Ingest[]; asked(): number } {
  const handed: Ingest[] = [];
  let asked = 0;
  const seen = new Map<string, string>();
  const incidents = new Map<string, string>();

  function take(ingest: Ingest): Ingested {
    handed.push(ingest);
    const { source, status, fingerprint, occurrence, requestId, anomalyKey } = ingest.alert;
    const key = occurrence === undefined ? requestId : JSON.stringify([source, status, fingerprint, occurrence]);
    const before = key === undefined ? undefined : seen.get(key);
    if (before !== undefined) return { is: 'deduplicated', incidentId: before, against: 'the same firing' };
    const isNew = !incidents.has(anomalyKey);
    const incidentId = incidents.get(anomalyKey) ?? ingest.newId;
    incidents.set(anomalyKey, incidentId);
    if (key !== undefined) seen.set(key, incidentId);
    return { is: 'accepted', incidentId, isNew };
  }

  return {
    handed,
    asked: () => asked,
    async ingest(alerts) {
      asked += 1;
      return alerts.map(take);
    },
  };
}
