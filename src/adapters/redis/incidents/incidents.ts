import { workBell } from '../../../domain/incidents/work-bell.ts';
import type { IncidentStore } from '../../../domain/ports/incident-store.ts';
import type { Outbox } from '../../../domain/ports/outbox.ts';
import { redisOutbox } from './outbox.ts';
import { type RedisIncidentStoreOptions, redisIncidentStore } from './store.ts';

/** Incidents, and the outbox that they fill: made together, so that work of this process is heard of at once. */
export function redisIncidents(options: Omit<RedisIncidentStoreOptions, 'bell'>): {
  readonly incidents: IncidentStore;
  readonly outbox: Outbox;
} {
  const bell = workBell();
  return { incidents: redisIncidentStore({ ...options, bell }), outbox: redisOutbox({ redis: options.redis, bell }) };
}
