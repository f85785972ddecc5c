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

  it('is moved only where it is, and says so', async () => {
    const { lastGood, other } = make();
    expect(await lastGood.move(at(10), soon())).toBeUndefined();
    expect(await lastGood.read(soon())).toBeUndefined();
    expect(await other.mark(at(10), soon())).toEqual(at(10));
    expect(await lastGood.move(at(20), soon())).toEqual(at(20));
    expect(await other.read(soon())).toEqual(at(20));
    // What a replica says of itself, though another was good later.
    expect([await lastGood.move(at(15), soon()), await lastGood.mark(at(15), soon())]).toEqual([at(15), at(15)]);
    expect(await lastGood.read(soon())).toEqual(at(20));
  });
}
