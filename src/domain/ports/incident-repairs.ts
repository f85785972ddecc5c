import type { IncidentRepair } from '../incidents/incident.ts';

/** Shows on an incident how its repairs stand. Failures are PortErrors. */
export interface IncidentRepairs {
  /** The same again changes nothing, and nor does one of an incident that is gone. */
  show(incidentId: string, repair: IncidentRepair, signal: AbortSignal): Promise<void>;
}
