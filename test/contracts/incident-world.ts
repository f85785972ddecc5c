import { expect } from 'vitest';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import type { IncidentStore, Ingest, Ingested } from '../../src/domain/ports/incident-store.ts';
import type { Outbox } from '../../src/domain/ports/outbox.ts';
import { type AlertOver, ingestOf, newAnomaly } from '../builders/ingest.ts';

export const REOPEN_WITHIN_MS = 1_500;

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

/** A store under test, with its outbox. */
export interface IncidentWorld {
  /** Re-opens within REOPEN_WITHIN_MS. */
  readonly incidents: IncidentStore;
  readonly outbox: Outbox;
  /** Lets so much time go by for the store. */
  readonly elapse: (ms: number) => Promise<void>;
}

export interface Anomalous {
  readonly anomalyKey: string;
  /** One message about an alert of this anomaly. */
  one(over?: AlertOver, rest?: Partial<Ingest>): Promise<Ingested>;
  found(id: string): Promise<Incident>;
}

/** Messages of an anomaly that no other test knows. */
export function anomalous({ incidents }: IncidentWorld, anomalyKey: string = newAnomaly()): Anomalous {
  return {
    anomalyKey,
    async one(over = {}, rest = {}) {
      const [answer] = await incidents.ingest([ingestOf({ anomalyKey, ...over }, rest)], soon());
      if (!answer) throw new Error('one alert has one answer');
      return answer;
    },
    async found(id) {
      const incident = await incidents.find(id, soon());
      if (!incident) throw new Error('the incident is gone');
      return incident;
    },
  };
}

export function idOf(answer: Ingested): string {
  if (answer.is === 'ignored' || answer.incidentId === undefined) throw new Error(`no incident: ${JSON.stringify(answer)}`);
  return answer.incidentId;
}

export function sameAs(against: RegExp): object {
  return { is: 'deduplicated', against: expect.stringMatching(against) };
}
