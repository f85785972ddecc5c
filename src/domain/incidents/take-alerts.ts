import type { Alert } from '../alerts/alert.ts';
import type { IncidentStore, Ingest, Ingested, Told } from '../ports/incident-store.ts';
import { incidentId } from './partition.ts';

/** What an alert needs besides itself to become part of an incident. */
export interface IncidentPorts {
  readonly incidents: Pick<IncidentStore, 'ingest'>;
  /** Who is told of it. */
  readonly told: (alert: Alert) => Told;
  /** How long its incident stays open after it resolved. */
  readonly settleMs: (alert: Alert) => number;
  /** 13 lower-case letters or digits, for the id of a new incident. */
  readonly newRandom: () => string;
}

function ingestOf(alert: Alert, { told, settleMs, newRandom }: Omit<IncidentPorts, 'incidents'>): Ingest {
  return { alert, newId: incidentId(alert.anomalyKey, newRandom()), told: told(alert), settleMs: settleMs(alert) };
}

/** Hands alerts to the store, in order. Resolves only once it holds them all, with one answer each; throws PortError otherwise. */
export async function takeAlerts(ports: IncidentPorts, alerts: readonly Alert[], signal: AbortSignal): Promise<readonly Ingested[]> {
  if (alerts.length === 0) return [];
  return ports.incidents.ingest(
    alerts.map(alert => ingestOf(alert, ports)),
    signal,
  );
}
