import { operatorIncidents } from '../../src/adapters/operator-api/incidents.ts';
import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import type { IncidentApi, IncidentFilter } from '../../src/domain/ports/incident-api.ts';
import { outgoingClient } from '../../src/net/outgoing.ts';

export interface IncidentReader {
  readonly api: IncidentApi;
  /** All that the filter lets through, newest first. */
  all(filter?: Omit<IncidentFilter, 'limit'>): Promise<readonly IncidentView[]>;
  close(): Promise<void>;
}

const EVERY = 100_000;

/** Incidents as an operator's API shows them to whoever has a token. */
export function incidentReader({ url, token }: { readonly url: string; readonly token: string }): IncidentReader {
  const client = outgoingClient({ maxAnswerBytes: 16 * 1024 * 1024 });
  const api = operatorIncidents({ client, baseUrl: url, token });
  return {
    api,
    all: async (filter = {}) => (await api.list({ ...filter, limit: EVERY }, AbortSignal.timeout(60_000))).incidents,
    close: () => client.close(),
  };
}
