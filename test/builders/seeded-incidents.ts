import { deliveries } from '../../src/adapters/memory/deliveries.ts';
import { memoryIncidentStore } from '../../src/adapters/memory/incident-store.ts';
import { memoryOutbox } from '../../src/adapters/memory/outbox.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import { workBell } from '../../src/domain/incidents/work-bell.ts';
import type { IncidentStore, TraceEntry } from '../../src/domain/ports/incident-store.ts';
import type { DeadLetter } from '../../src/domain/ports/outbox.ts';
import { incidentAt } from './incident.ts';

const OPENED = new Date('2026-03-29T02:00:00Z');

/** A critical incident as it stands a moment after it opened, told in Telegram. */
export function seededIncident(over: Partial<Incident> = {}): Incident {
  return incidentAt(OPENED, {
    id: 'inc-03-aaaaaaaaaaaaa',
    anomalyKey: 'v1-3f9c0a1b2c4d5e6f',
    severity: 'critical',
    startedAt: new Date('2026-03-29T01:58:00Z'),
    links: { generator: 'http://prometheus.example.com/graph' },
    deliveries: [{ channel: 'telegram', state: 'delivered', at: OPENED, attempts: 0, memo: { messageId: '42', chatId: '-100777' } }],
    ...over,
  });
}

export interface Seed {
  readonly incidents?: readonly Incident[];
  /** By fingerprint, newest first. */
  readonly traces?: Readonly<Record<string, readonly TraceEntry[]>>;
  readonly dead?: readonly DeadLetter[];
  readonly waiting?: number;
}

const LATER = new Date('2026-03-29T02:05:00Z');

const now = (): Date => LATER;

/**
 * The store of one process as it stands when all that came about: by its own decisions, but for traces, which hold what no sender could
 * make them hold.
 */
export function seededIncidents({ incidents = [], traces = {}, dead = [], waiting = 0 }: Seed = {}) {
  const [bell, told] = [workBell(), deliveries(now)];
  const kept = new Map(incidents.map(incident => [incident.id, incident]));
  const plain = { attempts: 0, memo: {}, since: OPENED.getTime(), waits: false };
  for (const { id, deliveries: all } of incidents)
    for (const { since = OPENED, due, ...each } of all) {
      const place = due ? ({ place: { in: each.attempts > 0 ? 'failed' : 'later', due: due.getTime() } } as const) : {};
      told.put({ ...plain, ...each, since: since.getTime(), incidentId: id, waits: each.state === 'pending', ...place });
    }
  for (const { since, diedAt, ...letter } of dead) told.put({ ...plain, ...letter, since: since.getTime(), at: diedAt, state: 'dead' });
  for (let n = 0; n < waiting; n += 1)
    told.queue({ ...plain, incidentId: `inc-00-${n}`, channel: 'telegram', state: 'pending', at: OPENED });
  const memory = memoryIncidentStore({ now, replica: 'awoooi-0', reopenWithinMs: 0, bell, deliveries: told, kept });
  const store: IncidentStore = {
    ...memory,
    trace: async (fingerprint, signal) => traces[fingerprint] ?? memory.trace(fingerprint, signal),
  };
  const outbox = memoryOutbox({ now, bell, deliveries: told, revisionOf: id => kept.get(id)?.revision ?? 0 });
  return { store, outbox };
}
