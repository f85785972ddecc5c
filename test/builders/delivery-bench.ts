import type { Delivered, DeliveryChannel } from '../../src/delivery/channel.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import type { Work } from '../../src/domain/ports/outbox.ts';

type Memo = Work['memo'];

/** One piece of work of a channel, with the memory that the outbox would keep of it. */
export interface DeliveryBench {
  readonly memo: () => Memo;
  /** One attempt, its memo recorded. */
  deliver(incident: Incident): Promise<Delivered>;
  /** One attempt of a process that dies before it can record what it did. What it remembered before stays. */
  dyingBeforeTheRecord(incident: Incident): Promise<Delivered>;
  /** What it remembers is lost. */
  forget(): void;
}

/** Its process ends with the signal. */
export function deliveryBench(channel: DeliveryChannel, { signal }: { signal: AbortSignal } = new AbortController()): DeliveryBench {
  let memo: Memo = {};

  const attempt = (incident: Incident): Promise<Delivered> => {
    const work = {
      partition: 7,
      incidentId: incident.id,
      channel: channel.name,
      entryId: '1-0',
      attempts: 0,
      since: new Date(0),
      takenAt: new Date(0),
      memo,
    };
    return channel.deliver(
      {
        incident,
        work,
        remember: async next => {
          memo = next;
        },
      },
      signal,
    );
  };

  return {
    memo: () => memo,
    async deliver(incident) {
      const delivered = await attempt(incident);
      memo = delivered.memo ?? memo;
      return delivered;
    },
    dyingBeforeTheRecord: attempt,
    forget: () => {
      memo = {};
    },
  };
}
