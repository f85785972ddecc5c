import type { DeliveryChannel } from '../../src/delivery/channel.ts';
import { type DeliveryWorkers, deliveryWorkers, type WorkerLimits } from '../../src/delivery/worker.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import type { Deed, Outbox, Work } from '../../src/domain/ports/outbox.ts';
import type { Logger } from '../../src/telemetry/logger.ts';

export const incidentIn = (partition: number, over: Partial<Incident> = {}): Incident => ({
  id: `inc-${String(partition).padStart(2, '0')}-abcdefghijklm`,
  anomalyKey: `v1-${partition.toString(16)}123456789abcdef`,
  source: 'alertmanager',
  name: 'HighLatency',
  severity: 'warning',
  status: 'open',
  revision: 1,
  openedAt: new Date('2026-11-26T08:00:00Z'),
  updatedAt: new Date('2026-11-26T08:00:00Z'),
  firstSeen: new Date('2026-11-20T08:00:00Z'),
  lastSeen: new Date('2026-11-26T08:00:00Z'),
  occurrences: 1,
  frequency: { last1h: 1, last24h: 2, last7d: 3, last30d: 3 },
  firing: 1,
  labels: { alertname: 'HighLatency', cluster: 'c1' },
  annotations: { summary: 'p99 is over 2 s' },
  links: { generator: 'https://prometheus.example.com/graph?g0.expr=up' },
  timeline: [{ at: new Date('2026-11-26T08:00:00Z'), what: 'opened', who: 'alertmanager' }],
  deliveries: [],
  ...over,
});

const nameOf = ({ incidentId, channel }: Pick<Work, 'incidentId' | 'channel'>): string => `${incidentId} ${channel}`;

interface Entry {
  readonly work: Work;
  readonly dueAt: number;
  readonly heldBy?: string;
}

/** An outbox in memory that gives out, puts back and claims as the durable one does, with a switch that takes it away. */
export function outboxInMemory() {
  const entries = new Map<string, Entry>();
  const deeds: { readonly work: Work; readonly deed: Deed }[] = [];
  const letters: { readonly work: Work; readonly reason: string }[] = [];
  const listeners = new Set<(partition: number) => void>();
  const world = { takes: 0, given: 0, away: false };

  const reach = (): void => {
    if (world.away) throw new Error('the outbox is away');
  };
  /** What a work that was given out again meanwhile says counts no more. */
  const ours = (work: Work): Entry | undefined => {
    reach();
    const entry = entries.get(nameOf(work));
    return entry?.work.entryId === work.entryId ? entry : undefined;
  };

  const outbox: Outbox = {
    async take(partition, { consumer, count, claimAfterMs }) {
      world.takes += 1;
      reach();
      const now = performance.now();
      const due = [...entries.values()].filter(({ work, dueAt }) => work.partition === partition && dueAt <= now).slice(0, count);
      return due.map(({ work }) => {
        const out = { ...work, entryId: `${(world.given += 1)}` };
        entries.set(nameOf(work), { work: out, dueAt: now + claimAfterMs, heldBy: consumer });
        return out;
      });
    },
    async remember(work, memo) {
      const entry = ours(work);
      if (entry) entries.set(nameOf(work), { ...entry, work: { ...entry.work, memo }, dueAt: performance.now() + 30_000 });
    },
    async done(work, deed) {
      if (!ours(work)) return;
      entries.delete(nameOf(work));
      deeds.push({ work, deed });
    },
    async again(work, { afterMs, reason }) {
      const entry = ours(work);
      if (!entry) return;
      const attempts = entry.work.attempts + (reason === undefined ? 0 : 1);
      entries.set(nameOf(work), { work: { ...entry.work, attempts }, dueAt: performance.now() + afterMs });
    },
    async giveUp(work, reason) {
      if (!ours(work)) return;
      entries.delete(nameOf(work));
      letters.push({ work, reason });
    },
    dead: async () => [],
    retryDead: async () => 0,
    depth: async () => ({ waiting: entries.size, dead: letters.length }),
    onWork(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };

  function put(incidentId: string, channel: string, over: Partial<Work> = {}): void {
    const partition = Number(incidentId.slice(4, 6));
    const work: Work = { partition, incidentId, channel, entryId: '0', attempts: 0, since: new Date(), memo: {}, ...over };
    entries.set(nameOf(work), { work, dueAt: 0 });
    for (const listener of listeners) listener(partition);
  }

  return { outbox, put, deeds, letters, entries, world };
}

export interface DeliveryWorldOptions {
  readonly channels: readonly DeliveryChannel[];
  readonly limits?: Partial<WorkerLimits>;
  readonly giveUpAfterMs?: number;
}

/** Workers over an outbox in memory, with what they counted and said. */
export function deliveryWorld({ channels, limits = {}, giveUpAfterMs = 3_600_000 }: DeliveryWorldOptions) {
  const store = outboxInMemory();
  const incidents = new Map<string, Incident>();
  const counted: string[] = [];
  const lines: string[] = [];
  const line = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const log: Logger = { debug: line, info: line, warn: line, error: line, child: () => log };
  const workers: DeliveryWorkers = deliveryWorkers({
    outbox: store.outbox,
    incidents: { find: async id => incidents.get(id) },
    channels,
    metrics: { outcome: (channel, outcome) => void counted.push(`${channel} ${outcome}`), took: () => {} },
    log,
    now: () => new Date(),
    random: Math.random,
    consumer: 'replica-1',
    giveUpAfterMs,
    limits: { lookEveryMs: 50, ...limits },
  });
  function open(incident: Incident, ...told: readonly string[]): void {
    incidents.set(incident.id, incident);
    for (const channel of told) store.put(incident.id, channel);
  }
  return { ...store, incidents, workers, counted, lines, open };
}
