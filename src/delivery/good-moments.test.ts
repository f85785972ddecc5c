import { expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import { memoryLastGood } from '../adapters/memory/last-good.ts';
import type { LastGood } from '../domain/ports/last-good.ts';
import type { Logger } from '../telemetry/logger.ts';
import { goodMoments } from './good-moments.ts';

const signal = (): AbortSignal => AbortSignal.timeout(10_000);
const log: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => log };

/** A store that can be emptied. */
function emptiable(): LastGood & { empty(): void; readonly asked: () => number } {
  let inner = memoryLastGood();
  let asked = 0;
  return {
    mark: (at, within) => inner.mark(at, within),
    move(at, within) {
      asked += 1;
      return inner.move(at, within);
    },
    read(within) {
      asked += 1;
      return inner.read(within);
    },
    empty() {
      inner = memoryLastGood();
    },
    asked: () => asked,
  };
}

it('takes it for an outage that the mark is gone, once for each time, and not that there never was one', async () => {
  const lastGood = emptiable();
  let outages = 0;
  const moments = goodMoments({
    lastGood,
    now: () => new Date(),
    markEveryMs: 5,
    gapMs: 60_000,
    mayMark: () => true,
    outage: () => void (outages += 1),
    log,
    random: () => 0,
  });
  const turns = async (count: number): Promise<void> => {
    const from = lastGood.asked();
    await eventually(() => lastGood.asked() > from + count);
  };
  try {
    await turns(3);
    expect(outages).toBe(0);
    for (const time of [1, 2]) {
      await lastGood.mark(new Date(), signal());
      await turns(3);
      lastGood.empty();
      await turns(3);
      expect(outages).toBe(time);
      // Set anew only by whoever has fetched what was lost.
      expect(await lastGood.read(signal())).toBeUndefined();
    }
  } finally {
    await moments.close();
  }
});
