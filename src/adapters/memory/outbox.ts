import type { WorkBell } from '../../domain/incidents/work-bell.ts';
import type { DeadLetter, Outbox, PutOff, Waiting, Work } from '../../domain/ports/outbox.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { type Deliveries, dueOf, type Kept, partitionFor } from './deliveries.ts';

export interface MemoryOutboxOptions {
  readonly now: () => Date;
  readonly bell: WorkBell;
  readonly deliveries: Deliveries;
  /** The revision of an incident now. */
  readonly revisionOf: (id: string) => number;
}

/** The outbox of one process. */
export function memoryOutbox(options: MemoryOutboxOptions): Outbox {
  return { take: taking(options), ...working(options), ...lookingAfter(options) };
}

function taking({ now, deliveries, revisionOf }: MemoryOutboxOptions): Outbox['take'] {
  /** Due work that was put off goes behind what waits already. */
  function wakeDue(partition: number, count: number): void {
    const due = deliveries.all().filter(kept => partitionFor(kept) === partition && dueAt(kept) <= now().getTime());
    for (const kept of due.toSorted((a, b) => dueAt(a) - dueAt(b)).slice(0, count)) deliveries.queue(kept);
  }

  function giveOut(kept: Kept): Work {
    const times = kept.place?.in === 'hands' ? Number(kept.place.entryId.split('/')[1]) + 1 : 1;
    const entryId = `${entryOf(kept)}/${times}`;
    const { incidentId, channel, attempts, memo, since } = kept;
    deliveries.put({ ...kept, place: { in: 'hands', entryId, heardAt: now().getTime(), seen: revisionOf(incidentId) } });
    return { partition: partitionFor(kept), incidentId, channel, entryId, attempts, memo, since: new Date(since), takenAt: now() };
  }

  return async (partition, { count, claimAfterMs }) => {
    wakeDue(partition, count);
    const mine = deliveries.all().filter(kept => partitionFor(kept) === partition);
    const left = mine.filter(({ place }) => place?.in === 'hands' && now().getTime() - place.heardAt >= claimAfterMs);
    const queued = mine.filter(({ place }) => place?.in === 'queue');
    return [...left.toSorted(byEntry), ...queued.toSorted(byEntry)].slice(0, count).map(giveOut);
  };
}

function working({ now, bell, deliveries, revisionOf }: MemoryOutboxOptions): Pick<Outbox, 'remember' | 'done' | 'again' | 'giveUp'> {
  return {
    async remember(work, memo) {
      const held = deliveries.held(work);
      if (held?.place?.in !== 'hands') throw new PortError('unavailable', 'This work was given to another replica meanwhile.');
      deliveries.put({ ...held, memo, place: { ...held.place, heardAt: now().getTime() } });
    },
    async done(work, { state, revision, memo, reason }) {
      const held = deliveries.held(work);
      if (held?.place?.in !== 'hands') return;
      const seen = state === 'skipped' ? Math.max(revision, held.place.seen) : revision;
      const { place: _, reason: __, ...rest } = { ...held, state, at: now(), attempts: 0, memo };
      const ended: Kept = { ...rest, ...(reason !== undefined && { reason }) };
      if (revisionOf(work.incidentId) <= seen) return deliveries.put(ended);
      deliveries.queue({ ...ended, since: now().getTime() });
      bell.ring(work.partition);
    },
    async again(work, of) {
      const held = deliveries.held(work);
      if (held) deliveries.put(putOff({ ...held, at: now() }, of));
    },
    async giveUp(work, reason) {
      const held = deliveries.held(work);
      if (!held) return;
      const { place: _, ...rest } = held;
      deliveries.put({ ...rest, state: 'dead', at: now(), attempts: held.attempts + 1, reason });
    },
  };
}

function putOff(held: Kept, of: PutOff): Kept {
  const due = held.at.getTime() + of.afterMs;
  if (of.reason !== undefined) return { ...held, reason: of.reason, attempts: held.attempts + 1, place: { in: 'failed', due } };
  const later: Kept = { ...held, place: { in: 'later', due } };
  if (!of.anew) return later;
  const { reason: _, ...fresh } = later;
  return { ...fresh, since: due, attempts: 0, waits: false };
}

function lookingAfter({ now, bell, deliveries }: MemoryOutboxOptions): Pick<Outbox, 'waiting' | 'dead' | 'retryDead' | 'depth' | 'onWork'> {
  return {
    waiting: async limit => longestWaiting(deliveries.all()).slice(0, limit),
    dead: async limit => letters(deliveries.all()).slice(0, limit),
    async retryDead({ incidentId, channel }) {
      const of = deliveries
        .all()
        .filter(
          kept =>
            kept.state === 'dead' && (incidentId ?? kept.incidentId) === kept.incidentId && (channel ?? kept.channel) === kept.channel,
        );
      for (const kept of of) {
        deliveries.queue({ ...kept, attempts: 0, since: now().getTime() });
        bell.ring(partitionFor(kept));
      }
      return of.length;
    },
    async depth() {
      const all = deliveries.all().filter(({ state, waits }) => state === 'pending' && waits);
      const oldest = Math.min(...all.map(({ since }) => since));
      const dead = letters(deliveries.all()).length;
      return { waiting: all.length, dead, ...(all.length > 0 && { oldest: new Date(oldest) }) };
    },
    onWork: bell.onWork,
  };
}

function longestWaiting(all: readonly Kept[]): Waiting[] {
  return all
    .filter(({ state, waits }) => state === 'pending' && waits)
    .toSorted((a, b) => a.since - b.since)
    .map(kept => {
      const { incidentId, channel, since, attempts, reason } = kept;
      return { incidentId, channel, since: new Date(since), attempts, ...dueOf(kept), ...(reason !== undefined && { reason }) };
    });
}

function letters(all: readonly Kept[]): DeadLetter[] {
  return all
    .filter(({ state }) => state === 'dead')
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ incidentId, channel, since, at, attempts, reason = '' }) => {
      return { incidentId, channel, since: new Date(since), diedAt: at, attempts, reason };
    });
}

function dueAt({ place }: Kept): number {
  return place?.in === 'later' || place?.in === 'failed' ? place.due : Infinity;
}

function entryOf({ place }: Kept): string {
  const entryId = place?.in === 'queue' || place?.in === 'hands' ? place.entryId : '';
  return entryId.split('/')[0] ?? '';
}

function byEntry(a: Kept, b: Kept): number {
  return Number(entryOf(a)) - Number(entryOf(b));
}
