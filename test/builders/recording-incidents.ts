import { memoryIncidents } from '../../src/adapters/memory/incidents.ts';
import type { IncidentStore, Ingest } from '../../src/domain/ports/incident-store.ts';
import type { Outbox } from '../../src/domain/ports/outbox.ts';

/** A store in memory that keeps what it was handed. */
export function recordingIncidents(): IncidentStore & { readonly handed: readonly Ingest[]; readonly outbox: Outbox; asked(): number } {
  const { incidents, outbox } = memoryIncidents({ now: () => new Date() });
  const handed: Ingest[] = [];
  let asked = 0;
  return {
    ...incidents,
    outbox,
    handed,
    asked: () => asked,
    ingest(alerts, signal) {
      asked += 1;
      handed.push(...alerts);
      return incidents.ingest(alerts, signal);
    },
  };
}
