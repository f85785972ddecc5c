import type { Told } from '../../src/domain/ports/incident-store.ts';
import type { Deed, Outbox, Work } from '../../src/domain/ports/outbox.ts';
import type { Delivery } from '../../src/domain/incidents/incident.ts';
import { partitionOf } from '../../src/domain/incidents/partition.ts';
import { type AlertOver, ingestOf, newAnomaly, start } from '../builders/ingest.ts';
import type { IncidentWorld } from './incident-world.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

export const CARD: Told = { onOpen: ['telegram'], onChange: ['telegram'], later: [] };
export const LONG_MS = 600_000;

type By = Partial<Parameters<Outbox['take']>[1]>;

export interface OutboxDesk {
  readonly partition: number;
  /** Resolves with the id of the incident that would be opened. */
  open(told?: Told, over?: AlertOver): Promise<string>;
  fire(minute: number, over?: AlertOver, told?: Told): Promise<unknown>;
  take(by?: By): Promise<readonly Work[]>;
  /** Throws unless there is one piece of work. */
  only(by?: By): Promise<Work>;
  delivery(id: string, channel?: string): Promise<Delivery | undefined>;
}

/** An anomaly, in a partition, and the outbox there. */
export function outboxDesk({ incidents, outbox }: IncidentWorld, inPartition?: number): OutboxDesk {
  const anomalyKey = newAnomaly(inPartition);
  const partition = partitionOf(anomalyKey);
  const take: OutboxDesk['take'] = (by = {}) => outbox.take(partition, { consumer: 'a', count: 10, claimAfterMs: LONG_MS, ...by }, soon());
  return {
    partition,
    take,
    async open(told = CARD, over = {}) {
      const ingest = ingestOf({ anomalyKey, ...over }, { told });
      await incidents.ingest([ingest], soon());
      return ingest.newId;
    },
    fire: (minute, over = {}, told = CARD) =>
      incidents.ingest([ingestOf({ anomalyKey, startsAt: start(minute), ...over }, { told })], soon()),
    async only(by) {
      const [work, ...more] = await take(by);
      if (!work || more.length > 0) throw new Error(`${work ? 1 + more.length : 0} pieces of work instead of one`);
      return work;
    },
    delivery: async (id, channel = 'telegram') => (await incidents.find(id, soon()))?.deliveries.find(each => each.channel === channel),
  };
}

export function delivered(revision: number, memo: Deed['memo'] = {}): Deed {
  return { state: 'delivered', revision, memo };
}
