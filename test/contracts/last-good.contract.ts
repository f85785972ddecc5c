import { expect, it } from 'vitest';
import type { LastGood } from '../../src/domain/ports/last-good.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const at = (second: number): Date => new Date(Date.UTC(2020, 10, 26, 8, 0, second));

/** What every LastGood promises; `other` is another replica's. */
export function lastGoodContract(make: () => { lastGood: LastGood; other: LastGood }): void {
  it('knows no moment at first, and never moves back, whoever marks', async () => {
    const { lastGood, other } = make();
    expect(await lastGood.read(soon())).toBeUndefined();
    await lastGood.mark(at(10), soon());
    expect(await other.read(soon())).toEqual(at(10));
    await other.mark(at(5), soon());
    expect(await lastGood.read(soon())).toEqual(at(10));
    await other.mark(at(20), soon());
    await other.mark(at(20), soon());
    expect(await lastGood.read(soon())).toEqual(at(20));
  });
}
