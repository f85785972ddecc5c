import { deliveries } from '../../src/adapters/memory/deliveries.ts';
import { memoryOutbox } from '../../src/adapters/memory/outbox.ts';
import type { DeliveryChannel } from '../../src/delivery/channel.ts';
import { type DeliveryWorkers, deliveryWorkers, type WorkerLimits } from '../../src/delivery/worker.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import { partitionOfIncident } from '../../src/domain/incidents/partition.ts';
import { workBell } from '../../src/domain/incidents/work-bell.ts';
import type { Deed, Outbox, Work } from '../../src/domain/ports/outbox.ts';
import type { Logger } from '../../src/telemetry/logger.ts';
import { incidentAt } from './incident.ts';

export function incidentIn(partition: number, over: Partial<Incident> = {}): Incident {
  return incidentAt(new Date('2026-11-26T08:00:00Z'), {
    id: `inc-${String(partition).padStart(2, '0')}-abcdefghijklm`,
    anomalyKey: `v1-${partition.toString(16)}123456789abcdef`,
    firstSeen: new Date('2026-11-20T08:00:00Z'),
    labels: { alertname: 'HighLatency', cluster: 'c1' },
    links: { generator: 'https://prometheus.example.com/graph?g0.expr=up' },
    ...over,
  });
}

const now = (): Date => new Date();

/** The outbox of one process, with what was said to it, and a switch that takes it away. */
function observedOutbox(revisionOf: (id: string) => number) {
  const [bell, kept] = [workBell(), deliveries(now)];
  const real = memoryOutbox({ now, bell, deliveries: kept, revisionOf });
  const deeds: { readonly work: Work; readonly deed: Deed }[] = [];
  const letters: { readonly work: Work; readonly reason: string }[] = [];
  const world = { takes: 0, away: false };

  const outbox: Outbox = {
    ...real,
    async take(partition, by, signal) {
      world.takes += 1;
      if (world.away) throw new Error('the outbox is away');
      return real.take(partition, by, signal);
    },
    async done(work, deed, signal) {
      if (kept.held(work)) deeds.push({ work, deed });
      return real.done(work, deed, signal);
    },
    async giveUp(work, reason, signal) {
      if (kept.held(work)) letters.push({ work, reason });
      return real.giveUp(work, reason, signal);
    },
  };

  function put(incidentId: string, channel: string, since = now()): void {
    kept.queue({ incidentId, channel, state: 'pending', at: now(), attempts: 0, since: since.getTime(), memo: {}, waits: true });
    bell.ring(partitionOfIncident(incidentId) ?? 0);
  }

  return { outbox, put, deeds, letters, world, pending: () => kept.all().filter(({ state }) => state === 'pending') };
}

export interface DeliveryWorldOptions {
  readonly channels: readonly DeliveryChannel[];
  readonly limits?: Partial<WorkerLimits>;
  readonly giveUpAfterMs?: number;
}

/** Workers over an outbox in memory, with what they counted and said. */
export function deliveryWorld({ channels, limits = {}, giveUpAfterMs = 3_600_000 }: DeliveryWorldOptions) {
  const incidents = new Map<string, Incident>();
  const store = observedOutbox(id => incidents.get(id)?.revision ?? 0);
  const counted: string[] = [];
  const opened: string[] = [];
  const lines: string[] = [];
  const line = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const log: Logger = { debug: line, info: line, warn: line, error: line, child: () => log };
  const workers: DeliveryWorkers = deliveryWorkers({
    outbox: store.outbox,
    incidents: { find: async id => incidents.get(id) },
    channels,
    metrics: {
      outcome: (channel, outcome) => void counted.push(`${channel} ${outcome}`),
      took: () => {},
      open: (channel, isOpen) => void opened.push(`${channel} ${isOpen ? 'open' : 'closed'}`),
    },
    log,
    random: Math.random,
    consumer: 'replica-1',
    giveUpAfterMs,
    limits: { lookEveryMs: 50, ...limits },
  });
  function open(incident: Incident, ...told: readonly string[]): void {
    incidents.set(incident.id, incident);
    for (const channel of told) store.put(incident.id, channel);
  }
  return { ...store, incidents, workers, counted, opened, lines, open };
}
