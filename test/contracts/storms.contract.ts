import { expect, it } from 'vitest';
import type { Storm, StormMember, Storms, StormSum } from '../../src/domain/ports/storms.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 26) + seconds * 1000);
const member = (key: string, over: Partial<StormMember> = {}): StormMember => ({ key, name: 'DiskFull', severity: 'warning', ...over });
const card = { chatId: '-100', messageId: 5, threadId: 7 };

async function joined(storms: Storms, one: StormMember, chat = '-100'): Promise<Storm> {
  const storm = await storms.join(chat, one, soon());
  if (!storm) throw new Error('that storm is over');
  return storm;
}

async function sumOf(storms: Storms, { id }: Pick<Storm, 'id'>, chat = '-100'): Promise<StormSum> {
  const sum = await storms.sum(chat, id, soon());
  if (!sum) throw new Error('that storm is over');
  return sum;
}

/** What every Storms promises. `make` gives one whose storms end as soon as they are shown, and another replica's view of the same. */
export function stormsContract(make: (options: { idleMs: number }) => { storms: Storms; other: Storms }): void {
  it('counts what opened in the minute before, each once, from all replicas', async () => {
    const { storms, other } = make({ idleMs: 60_000 });
    const counts: number[] = [];
    for (const [key, second] of [
      ['a', 0],
      ['b', 30],
      ['b', 30],
      ['c', 59],
      ['d', 60],
      ['e', 200],
    ] as const) {
      counts.push(await (counts.length % 2 === 0 ? storms : other).opened({ key, at: at(second) }, soon()));
    }
    expect(counts).toEqual([1, 2, 2, 3, 3, 1]);
    // One that is told late is counted by when it opened.
    expect(await storms.opened({ key: 'f', at: at(61) }, soon())).toBe(4);
  });

  it('counts each incident of a storm once, and gives each its place', async () => {
    const { storms, other } = make({ idleMs: 60_000 });
    const first = await joined(storms, member('a'));
    expect(first).toMatchObject({ place: 1, shown: 0 });
    expect(first).not.toHaveProperty('card');
    expect(await joined(other, member('b', { severity: 'error', name: 'Down' }))).toMatchObject({ id: first.id, place: 2 });
    expect(await joined(storms, member('a', { joined: first.id }))).toMatchObject({ place: 1 });
    const last = await joined(storms, member('c'));
    expect(last).toMatchObject({ place: 3 });
    const { counts } = await sumOf(other, last);
    expect(counts).toMatchObject({ total: 3, bySeverity: { warning: 2, error: 1 } });
    expect([...counts.byName].toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual([
      ['DiskFull', 2],
      ['Down', 1],
    ]);
  });

  it('keeps the storms of two chats apart', async () => {
    const { storms } = make({ idleMs: 60_000 });
    await joined(storms, member('a'));
    const apart = await joined(storms, member('b'), '-200');
    expect(apart).toMatchObject({ place: 1 });
    expect(await sumOf(storms, apart, '-200')).toMatchObject({ counts: { total: 1 } });
  });

  it('lets one at a time bring the card up to date, and knows what it shows', async () => {
    const { storms, other } = make({ idleMs: 60_000 });
    const { id: stormId } = await joined(storms, member('a'));
    await joined(storms, member('b'));
    expect(await storms.claim('-100', { stormId, forMs: 60_000 }, soon())).toBe(true);
    expect(await other.claim('-100', { stormId, forMs: 60_000 }, soon())).toBe(false);
    await storms.release('-100', { stormId }, soon());
    expect(await other.claim('-100', { stormId, forMs: 60_000 }, soon())).toBe(true);
    await other.release('-100', { stormId, showing: { card, count: 2 } }, soon());
    expect(await joined(storms, member('a'))).toMatchObject({ place: 1, shown: 2, card });
    expect(await sumOf(storms, { id: stormId })).toMatchObject({ card, counts: { total: 2 } });
    await storms.release('-100', { stormId, showing: { card, count: 1 } }, soon());
    expect(await joined(storms, member('a'))).toMatchObject({ shown: 2 });
  });

  it('goes on while its card does not show all of it, and then begins another', async () => {
    const { storms } = make({ idleMs: -1 });
    const { id: stormId } = await joined(storms, member('a'));
    expect(await joined(storms, member('b'))).toMatchObject({ id: stormId, place: 2 });
    await storms.release('-100', { stormId, showing: { card, count: 2 } }, soon());
    expect(await joined(storms, member('b'))).toMatchObject({ id: stormId, place: 2 });
    const next = await joined(storms, member('c'));
    expect(next).toMatchObject({ place: 1, shown: 0 });
    expect(await sumOf(storms, next)).toMatchObject({ counts: { total: 1 } });
    expect(await storms.sum('-100', stormId, soon())).toBeUndefined();
    expect(next.id).not.toBe(stormId);
    expect(next).not.toHaveProperty('card');
    // What was counted in the one that is over is not counted again, and changes nothing any more.
    expect(await storms.join('-100', member('b', { joined: stormId }), soon())).toBeUndefined();
    expect(await storms.claim('-100', { stormId, forMs: 60_000 }, soon())).toBe(false);
    await storms.release('-100', { stormId, showing: { card, count: 9 } }, soon());
    expect(await joined(storms, member('c'))).toMatchObject({ shown: 0 });
  });

  it('takes whatever a name holds', async () => {
    const { storms } = make({ idleMs: 60_000 });
    const storm = await joined(storms, member('a', { name: 'a"b\ud800\u0000n:😀' }));
    expect((await sumOf(storms, storm)).counts.byName.size).toBe(1);
  });
}
