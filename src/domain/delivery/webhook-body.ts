import { incidentView } from '../incidents/incident-view.ts';
import type { Incident } from '../incidents/incident.ts';

/** Rises when a field goes or changes its meaning. New fields may come at any time. */
const VERSION = 1;

/** The same for the same state of an incident, however often it is sent. */
export function deliveryId({ id, revision }: Pick<Incident, 'id' | 'revision'>): string {
  return `${id}:${revision}`;
}

/** What the outgoing webhook sends (docs/webhook.md). How other channels stand to the incident is nobody's business there. */
export function webhookBody(incident: Incident): string {
  const { deliveries: _, id, ...shown } = incidentView(incident);
  const { revision } = incident;
  return JSON.stringify({ version: VERSION, event: 'incident', delivery: deliveryId(incident), incident: { id, revision, ...shown } });
}
