import type { Severity } from '../../domain/alerts/alert.ts';
import type { SentCard } from '../../domain/ports/cards.ts';
import type { Storm, StormMember, Storms, StormSum } from '../../domain/ports/storms.ts';

interface Running {
  readonly id: string;
  readonly members: Map<string, StormMember>;
  lastAt: number;
  shown: number;
  card?: SentCard;
  claimedUntil: number;
}

export interface StormsOptions {
  /** A storm whose card shows all of it ends after so long without another incident. */
  readonly idleMs?: number;
  readonly now: () => Date;
}

const MINUTE_MS = 60_000;

/** Storms of one process. */
export function memoryStorms({ idleMs = 10 * MINUTE_MS, now }: StormsOptions): Storms {
  const opened = new Map<string, number>();
  const running = new Map<string, Running>();

  function stormFor(chat: string, { key }: StormMember): Running {
    const at = now().getTime();
    const storm = running.get(chat);
    const goesOn = storm && (storm.members.has(key) || storm.shown < storm.members.size || at - storm.lastAt <= idleMs);
    if (goesOn) return storm;
    const fresh = { id: key, members: new Map(), lastAt: at, shown: 0, claimedUntil: 0 };
    running.set(chat, fresh);
    return fresh;
  }

  return {
    async opened({ key, at }) {
      const time = at.getTime();
      opened.set(key, time);
      return [...opened.values()].filter(other => other > time - MINUTE_MS && other <= time).length;
    },
    async join(chat, member) {
      if (member.joined !== undefined && running.get(chat)?.id !== member.joined) return undefined;
      const storm = stormFor(chat, member);
      if (!storm.members.has(member.key)) {
        storm.members.set(member.key, member);
        storm.lastAt = now().getTime();
      }
      return stormWith(storm, member);
    },
    async claim(chat, { stormId, forMs }) {
      const storm = running.get(chat);
      const at = now().getTime();
      if (storm?.id !== stormId || storm.claimedUntil > at) return false;
      storm.claimedUntil = at + forMs;
      return true;
    },
    async sum(chat, stormId) {
      const storm = running.get(chat);
      return storm?.id === stormId ? sumOf(storm) : undefined;
    },
    async release(chat, { stormId, showing }) {
      const storm = running.get(chat);
      if (storm?.id !== stormId) return;
      storm.claimedUntil = 0;
      if (!showing) return;
      storm.card = showing.card;
      storm.shown = Math.max(storm.shown, showing.count);
    },
  };
}

function stormWith({ id, members, shown, card }: Running, { key }: StormMember): Storm {
  return { id, place: [...members.keys()].indexOf(key) + 1, shown, ...(card && { card }) };
}

function sumOf({ members, card }: Running): StormSum {
  const all = [...members.values()];
  const counted = <K>(keyOf: (member: StormMember) => K): Map<K, number> =>
    new Map([...Map.groupBy(all, keyOf)].map(([of, those]) => [of, those.length]));
  const bySeverity: Partial<Record<Severity, number>> = Object.fromEntries(counted(({ severity }) => severity));
  return { counts: { total: all.length, bySeverity, byName: counted(({ name }) => name) }, ...(card && { card }) };
}
