import { beforeEach, expect, it } from 'vitest';
import type { PromotionMemory } from '../../src/domain/ports/promotion-memory.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const of = { anomalyKey: 'v1-7000000000000000', action: 'restart_pod' };

/** What every memory of promotions does; `make` gives an empty one. */
export function promotionMemoryContract(make: () => Promise<PromotionMemory>): void {
  let memory: PromotionMemory;
  beforeEach(async () => {
    memory = await make();
  });

  it('knows nothing of what never became a playbook', async () => {
    expect(await memory.lastSeen(of, soon())).toBeUndefined();
  });

  it('remembers the newest count of each action of each anomaly', async () => {
    await memory.seen(of, 5, soon());
    await memory.seen(of, 0, soon());
    await memory.seen({ ...of, action: 'rollback' }, 7, soon());
    const others = [
      { ...of, action: 'rollback' },
      { ...of, anomalyKey: 'v1-7000000000000001' },
    ];
    expect(await memory.lastSeen(of, soon())).toBe(0);
    expect(await Promise.all(others.map(one => memory.lastSeen(one, soon())))).toEqual([7, undefined]);
  });
}
