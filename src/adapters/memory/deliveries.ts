import type { Delivery } from '../../domain/incidents/incident.ts';
import { partitionOfIncident } from '../../domain/incidents/partition.ts';
import type { Told } from '../../domain/ports/incident-store.ts';
import type { Work } from '../../domain/ports/outbox.ts';

/** Where work is that has to be done: in the queue, with a consumer, or put off, by the channel or for a failure. */
type Place =
  | { readonly in: 'queue'; readonly entryId: string }
  | { readonly in: 'hands'; readonly entryId: string; readonly heardAt: number; readonly seen: number }
  | { readonly in: 'later' | 'failed'; readonly due: number };

export interface Kept extends Omit<Delivery, 'since' | 'due'> {
  readonly incidentId: string;
  readonly since: number;
  /** Whether it was due since it was last told of. */
  readonly waits: boolean;
  /** While it is pending. */
  readonly place?: Place;
}

export interface Deliveries {
  all(): readonly Kept[];
  /** Undefined unless it was last given out as this work. */
  held(work: Work): Kept | undefined;
  put(kept: Kept): void;
  queue(kept: Kept): void;
  of(incidentId: string): Delivery[];
  tell(incidentId: string, channels: readonly string[], waking: boolean): void;
  schedule(incidentId: string, later: Told['later']): void;
}

/** How each channel stands to each incident, at most one piece of work each. */
export function deliveries(now: () => Date): Deliveries {
  const book = new Map<string, Kept>();
  let entries = 0;

  const put = (kept: Kept): void => void book.set(keyOf(kept.incidentId, kept.channel), kept);
  const queue = (kept: Kept): void => {
    entries += 1;
    put({ ...kept, state: 'pending', at: now(), waits: true, place: { in: 'queue', entryId: `${entries}` } });
  };
  const fresh = (incidentId: string, channel: string, since: number): Kept => {
    const before = book.get(keyOf(incidentId, channel));
    return { ...(before ?? { memo: {} }), incidentId, channel, state: 'pending', at: now(), attempts: 0, since, waits: false };
  };

  return {
    all: () => [...book.values()],
    held({ incidentId, channel, entryId }) {
      const kept = book.get(keyOf(incidentId, channel));
      return kept?.place?.in === 'hands' && kept.place.entryId === entryId ? kept : undefined;
    },
    put,
    queue,
    of: incidentId => [...book.values()].filter(kept => kept.incidentId === incidentId).map(plain),
    tell(incidentId, channels, waking) {
      for (const channel of channels) {
        const before = book.get(keyOf(incidentId, channel));
        if (before?.state !== 'pending') queue(fresh(incidentId, channel, now().getTime()));
        else if (waking && before.place?.in === 'later') queue({ ...before, since: Math.min(before.since, now().getTime()) });
      }
    },
    schedule(incidentId, later) {
      for (const { channel, afterMs } of later) {
        const before = book.get(keyOf(incidentId, channel));
        const due = now().getTime() + afterMs;
        if (before?.state === 'pending' && before.place?.in !== 'later') continue;
        put({ ...fresh(incidentId, channel, due), place: { in: 'later', due } });
      }
    },
  };
}

function keyOf(incidentId: string, channel: string): string {
  return `${incidentId}|${channel}`;
}

/** As an incident shows it. */
function plain(kept: Kept): Delivery {
  const { channel, state, at, attempts, reason, memo } = kept;
  const waits = state === 'pending' ? { since: new Date(kept.since), ...dueOf(kept) } : {};
  return { channel, state, at, attempts, memo, ...waits, ...(reason !== undefined && { reason }) };
}

/** When it comes again, where it was put off. */
export function dueOf({ place }: Kept): { due?: Date } {
  return place?.in === 'later' || place?.in === 'failed' ? { due: new Date(place.due) } : {};
}

export function partitionFor({ incidentId }: Kept): number {
  return partitionOfIncident(incidentId) ?? 0;
}
