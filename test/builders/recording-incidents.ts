import { memoryIncidents } from '../../src/adapters/memory/incidents.ts';
import type { IncidentStore, Ingest } from '../../src/domain/ports/incident-store.ts';
import type { Outbox } from '../../src/domain/ports/outbox.ts';

export interface RecordingIncidents extends IncidentStore {
  readonly handed: readonly Ingest[];
  /** Ids of the incidents that came of it. */
  readonly opened: ReadonlySet<string>;
  readonly outbox: Outbox;
  /** How often it was asked to take alerts. */
  asked(): number;
}

interface Kept {
  readonly incidents: IncidentStore;
  readonly outbox: Outbox;
}

/** A store, in memory unless another is given, that keeps what it was handed. */
export function recordingIncidents({ incidents, outbox }: Kept = memoryIncidents({ now: () => new Date() })): RecordingIncidents {
  const handed: Ingest[] = [];
  const opened = new Set<string>();
  let asked = 0;
  return {
    ...incidents,
    outbox,
    handed,
    opened,
    asked: () => asked,
    async ingest(alerts, signal) {
      asked += 1;
      handed.push(...alerts);
      const answers = await incidents.ingest(alerts, signal);
      for (const answer of answers) if (answer.is === 'accepted' && answer.isNew) opened.add(answer.incidentId);
      return answers;
    },
  };
}
