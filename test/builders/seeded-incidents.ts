import type { Incident } from '../../src/domain/incidents/incident.ts';
import type { Changed, IncidentPage, IncidentQuery, IncidentStore, TraceEntry } from '../../src/domain/ports/incident-store.ts';
import type { DeadLetter, Outbox } from '../../src/domain/ports/outbox.ts';
import { PortError } from '../../src/domain/ports/port-error.ts';

const OPENED = new Date('2026-03-29T02:00:00Z');

/** A critical incident as it stands a moment after it opened, told in Telegram. */
export function seededIncident(over: Partial<Incident> = {}): Incident {
  return {
    id: 'inc-03-aaaaaaaaaaaaa',
    anomalyKey: 'v1-3f9c0a1b2c4d5e6f',
    source: 'alertmanager',
    name: 'HighLatency',
    severity: 'critical',
    status: 'open',
    revision: 1,
    openedAt: OPENED,
    updatedAt: OPENED,
    firstSeen: OPENED,
    lastSeen: OPENED,
    occurrences: 1,
    frequency: { last1h: 1, last24h: 2, last7d: 3, last30d: 4 },
    firing: 1,
    labels: { alertname: 'HighLatency', namespace: 'shop' },
    annotations: { summary: 'p99 above 2 s' },
    links: { generator: 'http://prometheus.example.com/graph' },
    timeline: [{ at: OPENED, what: 'opened', who: 'alertmanager' }],
    deliveries: [{ channel: 'telegram', state: 'delivered', at: OPENED, attempts: 0, memo: { messageId: '42', chatId: '-100777' } }],
    ...over,
  };
}

export interface Seed {
  readonly incidents?: readonly Incident[];
  /** By fingerprint, newest first. */
  readonly traces?: Readonly<Record<string, readonly TraceEntry[]>>;
  readonly dead?: readonly DeadLetter[];
  readonly waiting?: number;
}

const LATER = new Date('2026-03-29T02:05:00Z');

/** A store that holds what it is given, for those who read it, and takes what a person does. */
export function seededIncidents({ incidents = [], traces = {}, dead = [], waiting = 0 }: Seed = {}) {
  const held = new Map(incidents.map(incident => [incident.id, incident]));
  const letters = [...dead];
  const told: string[][] = [];

  function changed(id: string, tell: readonly string[], to: (incident: Incident) => Incident | undefined): Changed {
    const incident = held.get(id);
    if (!incident) return { is: 'missing' };
    const next = to(incident);
    if (!next) return { is: 'unchanged', incident };
    held.set(id, next);
    told.push([...tell]);
    return { is: 'changed', incident: next };
  }

  const store: IncidentStore = {
    ingest: unread,
    analysed: unread,
    silenced: unread,
    note: unread,
    settled: unread,
    autoResolve: unread,
    holdOpen: unread,
    find: async id => held.get(id),
    list: async query => pageOf([...held.values()], query),
    trace: async fingerprint => traces[fingerprint] ?? [],
    acknowledge: async (id, { who, tell }) =>
      changed(id, tell, incident => {
        if (incident.status !== 'open') return undefined;
        const timeline = [...incident.timeline, { at: LATER, what: 'acknowledged' as const, who }];
        return { ...incident, status: 'acknowledged', acknowledgedAt: LATER, timeline };
      }),
    resolve: async (id, { who, tell }) =>
      changed(id, tell, incident => {
        if (incident.status === 'resolved') return undefined;
        return {
          ...incident,
          status: 'resolved',
          resolvedAt: LATER,
          timeline: [...incident.timeline, { at: LATER, what: 'resolved', who }],
        };
      }),
  };
  const outbox: Outbox = {
    take: unread,
    remember: unread,
    done: unread,
    again: unread,
    giveUp: unread,
    onWork: () => () => {},
    dead: async limit => letters.slice(0, limit),
    depth: async () => ({ waiting, dead: letters.length, ...(waiting > 0 && { oldest: OPENED }) }),
    retryDead: async ({ incidentId, channel }) => {
      const back = letters.filter(
        letter => (incidentId ?? letter.incidentId) === letter.incidentId && (channel ?? letter.channel) === letter.channel,
      );
      for (const letter of back) letters.splice(letters.indexOf(letter), 1);
      return back.length;
    },
  };
  return { store, outbox, told };
}

function unread(): Promise<never> {
  throw new Error('those who read incidents have no need of this');
}

function pageOf(all: readonly Incident[], query: IncidentQuery): IncidentPage {
  const { status, source, severity, anomalyKey, name, openedSince, openedUntil, limit, cursor = '0' } = query;
  if (!/^\d+$/.test(cursor)) throw new PortError('rejected', 'no such cursor');
  const found = all
    .filter(
      one =>
        (status ?? one.status) === one.status &&
        (source ?? one.source) === one.source &&
        (severity ?? one.severity) === one.severity &&
        (anomalyKey ?? one.anomalyKey) === one.anomalyKey &&
        (name ?? one.name) === one.name &&
        (openedSince ?? one.openedAt) <= one.openedAt &&
        (openedUntil ?? one.openedAt) >= one.openedAt,
    )
    .toSorted((a, b) => b.openedAt.getTime() - a.openedAt.getTime());
  const from = Number(cursor);
  const to = from + limit;
  return { incidents: found.slice(from, to), ...(to < found.length && { next: String(to) }) };
}
