import { type IncidentView, incidentView } from '../incidents/incident-view.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Errand } from '../ports/people.ts';
import { errandId } from './errand-id.ts';

/** Rises when a field goes or changes its meaning. New fields may come at any time. */
const VERSION = 1;

/** What one request carries, with the id that a repeat of it shares. */
export interface WebhookMessage {
  readonly delivery: string;
  readonly body: string;
}

/** The same for the same state of an incident, however often it is sent. */
export function deliveryId({ id, revision }: Pick<Incident, 'id' | 'revision'>): string {
  return `${id}:${revision}`;
}

/** What the outgoing webhook sends (docs/webhook.md). How other channels stand to the incident is nobody's business there. */
export function webhookBody(incident: Incident): string {
  return JSON.stringify({ version: VERSION, event: 'incident', delivery: deliveryId(incident), incident: shown(incident) });
}

export type ErrandEvent = 'repair-issue' | 'repair-notice';

/** What a repair asks for by the outgoing webhook, with its incident as it is now. */
export function errandMessage(event: ErrandEvent, { errand, incident }: { errand: Errand; incident: Incident }): WebhookMessage {
  const { run, step, playbook, action, text } = errand;
  const delivery = errandId(errand);
  const repair = { run: `${run.namespace}/${run.name}`, run_uid: run.uid, step, playbook, action, text };
  return { delivery, body: JSON.stringify({ version: VERSION, event, delivery, repair, incident: shown(incident) }) };
}

function shown(incident: Incident): Omit<IncidentView, 'deliveries'> & { readonly revision: number } {
  const { deliveries: _, id, ...view } = incidentView(incident);
  return { id, revision: incident.revision, ...view };
}
