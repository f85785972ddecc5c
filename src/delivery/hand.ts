import type { Work } from '../domain/ports/outbox.ts';
import { type ActDeps, act } from './act.ts';
import { type CircuitsDeps, circuits } from './circuits.ts';
import { inOrderOf } from './forerunners.ts';
import { type LaneLimits, lanes } from './lanes.ts';
import { records } from './records.ts';

export interface HandLimits extends LaneLimits {
  /** A replica that has said nothing for so long loses its work to the others. */
  readonly claimAfterMs: number;
  /** How long one delivery may take. */
  readonly actWithinMs: number;
  /** In place of that, for channels that take longer. */
  readonly actWithinMsOf: Readonly<Record<string, number>>;
}

export interface HandDeps extends Omit<ActDeps, 'sayEveryMs' | 'withinMs' | 'circuits' | 'metrics'> {
  readonly metrics: ActDeps['metrics'] & CircuitsDeps['metrics'];
  readonly limits: HandLimits;
}

/** The work that this replica has in hand. */
export interface Hand {
  /** False where its channel hangs: the work goes back to the outbox for a while. */
  takeUp(work: Work): boolean;
  /** Resolves once more can be taken up. */
  room(): Promise<void>;
  /** From now on whatever has not begun goes back at once. */
  close(): void;
  /** Resolves once nothing is in hand. */
  empty(): Promise<void>;
}

const SHORTLY_MS = 1_000;
const PER_TURNED_AWAY_MS = 100;
const LONGEST_AWAY_MS = 60_000;

export function handOf({ limits, ...deps }: HandDeps): Hand {
  const line = lanes(limits);
  const record = records(deps);
  const { actWithinMs, actWithinMsOf, claimAfterMs } = limits;
  const usable = circuits(deps);
  const carryOut = act({
    ...deps,
    circuits: usable,
    withinMs: channel => actWithinMsOf[channel] ?? actWithinMs,
    sayEveryMs: claimAfterMs / 3,
  });
  const underWay = new Set<string>();
  const inOrder = inOrderOf(deps.channels);
  const held = new Set<Promise<void>>();
  const away = spreading(deps.random);
  let closed = false;

  function hold(doing: Promise<void>): void {
    const holding: Promise<void> = doing.finally(() => held.delete(holding));
    held.add(holding);
  }

  async function inTurn(work: Work, name: string): Promise<void> {
    underWay.add(name);
    const begun = await inOrder(work, () =>
      line.run(work.channel, async () => {
        away.over(work.channel);
        // Its channel may have turned out to be away while it stood in line.
        const waitMs = usable.waitMs(work);
        await (waitMs > 0 ? record.putBack(work, waitMs) : carryOut(work));
      }),
    );
    underWay.delete(name);
    if (!begun) await sendAway(work);
  }

  function sendAway(work: Work): Promise<void> {
    return record.putBack(work, closed ? 0 : away.forMs(work.channel));
  }

  return {
    takeUp(work) {
      const name = `${work.incidentId} ${work.channel}`;
      const waitMs = usable.waitMs(work);
      const hangs = waitMs === 0 && line.hangs(work.channel);
      // We said nothing for too long, and the outbox gave it out again: two at once would do everything twice.
      if (underWay.has(name)) hold(record.putBack(work, SHORTLY_MS));
      else if (waitMs > 0) hold(record.putBack(work, waitMs));
      else hold(hangs ? sendAway(work) : inTurn(work, name));
      return !hangs;
    },
    room: () => line.room(),
    close() {
      closed = true;
      line.close();
    },
    async empty() {
      while (held.size > 0) await Promise.all(held);
    },
  };
}

/** What a channel that hangs turns away comes back the later, the more of it there is: else it would go round and round. */
function spreading(random: () => number) {
  const turnedAway = new Map<string, number>();
  return {
    forMs(channel: string): number {
      const before = turnedAway.get(channel) ?? 0;
      turnedAway.set(channel, before + 1);
      return Math.round(SHORTLY_MS + random() * Math.min(LONGEST_AWAY_MS, before * PER_TURNED_AWAY_MS));
    },
    over: (channel: string): void => void turnedAway.delete(channel),
  };
}
