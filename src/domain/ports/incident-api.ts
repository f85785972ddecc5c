import type { AlertSource, Severity } from '../alerts/alert.ts';
import type { IncidentStatus } from '../incidents/incident.ts';
import type { DeliveriesView, IncidentView, TraceView } from '../incidents/incident-view.ts';

export interface IncidentFilter {
  readonly status?: IncidentStatus;
  readonly source?: AlertSource;
  readonly severity?: Severity;
  readonly alertname?: string;
  readonly limit: number;
}

/** Incidents of a running operator, for somebody outside its cluster. Failures are PortErrors; undefined is an incident that is not there. */
export interface IncidentApi {
  /** Newest first; `more` where there are others that the filter lets through. */
  list(filter: IncidentFilter, signal: AbortSignal): Promise<{ readonly incidents: readonly IncidentView[]; readonly more: boolean }>;
  find(id: string, signal: AbortSignal): Promise<IncidentView | undefined>;
  acknowledge(id: string, signal: AbortSignal): Promise<IncidentView | undefined>;
  resolve(id: string, signal: AbortSignal): Promise<IncidentView | undefined>;
  /** Empty where nothing is known of the alert. */
  trace(alert: string, signal: AbortSignal): Promise<TraceView>;
  deliveries(signal: AbortSignal): Promise<DeliveriesView>;
  /** Resolves with how many dead letters were put back: those of one incident, or all. */
  retry(incidentId: string | undefined, signal: AbortSignal): Promise<number>;
}
