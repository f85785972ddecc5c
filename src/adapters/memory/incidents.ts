import type { Incident } from '../../domain/incidents/incident.ts';
import { workBell } from '../../domain/incidents/work-bell.ts';
import type { IncidentStore } from '../../domain/ports/incident-store.ts';
import type { Outbox } from '../../domain/ports/outbox.ts';
import { deliveries } from './deliveries.ts';
import { memoryIncidentStore } from './incident-store.ts';
import { memoryOutbox } from './outbox.ts';

export interface MemoryIncidentsOptions {
  readonly now: () => Date;
  readonly replica?: string;
  readonly reopenWithinMs?: number;
}

/** Incidents and their outbox in one process, for tests. Nothing is forgotten by age. */
export function memoryIncidents({ now, replica = 'memory', reopenWithinMs = 1_800_000 }: MemoryIncidentsOptions): {
  readonly incidents: IncidentStore;
  readonly outbox: Outbox;
} {
  const bell = workBell();
  const told = deliveries(now);
  const kept = new Map<string, Incident>();
  return {
    incidents: memoryIncidentStore({ now, replica, reopenWithinMs, bell, deliveries: told, kept }),
    outbox: memoryOutbox({ now, bell, deliveries: told, revisionOf: id => kept.get(id)?.revision ?? 0 }),
  };
}
