import { describe, expect, it } from 'vitest';
import type { Drill, DrillRegistry, DrillReturn } from '../../src/domain/ports/drill-registry.ts';
import { newNonce } from '../../src/domain/drills/nonce.ts';
import { eventually } from '../parts/eventually.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
export const drill = (over: Partial<Drill> = {}): Drill => ({
  nonce: newNonce(),
  owner: 'probe/default/p/paging',
  expiresAt: new Date(Date.now() + 60_000),
  ...over,
});
const back = (nonce: string, own: Partial<DrillReturn> = {}): DrillReturn => ({
  nonce,
  returnedAt: new Date('2026-11-23T08:00:00.123Z'),
  via: 'alertmanager',
  receiver: 'a.b',
  ...own,
});
/** Later, through another receiver that posts to us. */
const elsewhere = (nonce: string): DrillReturn => back(nonce, { receiver: 'log', returnedAt: new Date('2026-11-23T08:00:01.000Z') });

const refusal = (at: string, reason: string) => ({ at: new Date(at), route: 'alertmanager', status: 401, reason, nonces: ['n'] });

/** What every DrillRegistry promises. `make` gives one over an empty store; `other` a second one over the same store. */
export function drillRegistryContract(make: () => { readonly registry: DrillRegistry; readonly other: DrillRegistry }): void {
  describe('a drill', () => {
    it('is live from its registration on, and found with its return', async () => {
      const { registry, other } = make();
      const sent = drill();
      expect(await registry.isLive(sent.nonce, soon())).toBe(false);
      await registry.register([sent], soon());
      expect(await other.isLive(sent.nonce, soon())).toBe(true);
      expect(await other.find(sent.nonce, soon())).toEqual({ drill: sent, returns: [] });
      expect(await other.recordReturn(back(sent.nonce), soon())).toBe(true);
      expect(await registry.find(sent.nonce, soon())).toEqual({ drill: sent, returns: [back(sent.nonce)] });
    });

    it('keeps the first return through each receiver, the first of all first', async () => {
      const { registry } = make();
      const sent = drill();
      await registry.register([sent], soon());
      await registry.recordReturn(elsewhere(sent.nonce), soon());
      await registry.recordReturn(back(sent.nonce), soon());
      expect(await registry.recordReturn(back(sent.nonce, { via: 'signoz' }), soon())).toBe(true);
      expect((await registry.find(sent.nonce, soon()))?.returns).toEqual([back(sent.nonce), elsewhere(sent.nonce)]);
    });

    it('keeps a return that names no receiver', async () => {
      const { registry } = make();
      const sent = drill();
      const { receiver: _, ...nameless } = back(sent.nonce);
      await registry.register([sent], soon());
      await registry.recordReturn(nameless, soon());
      expect((await registry.find(sent.nonce, soon()))?.returns).toEqual([nameless]);
      expect(await registry.awaitReturns([sent.nonce], soon(), 'a.b')).toEqual([nameless]);
    });

    it('ends: then it is neither live nor found, and its return is not taken', async () => {
      const { registry } = make();
      const sent = drill({ expiresAt: new Date(Date.now() + 150) });
      const past = drill({ expiresAt: new Date(Date.now() - 1000) });
      await registry.register([sent, past], soon());
      expect(await registry.isLive(past.nonce, soon())).toBe(false);
      await eventually(async () => !(await registry.isLive(sent.nonce, soon())));
      expect(await registry.find(sent.nonce, soon())).toBeUndefined();
      expect(await registry.recordReturn(back(sent.nonce), soon())).toBe(false);
    });

    it('that nobody registered is unknown', async () => {
      const { registry } = make();
      const nonce = newNonce();
      expect(await registry.find(nonce, soon())).toBeUndefined();
      expect(await registry.recordReturn(back(nonce), soon())).toBe(false);
    });
  });

  describe('awaitReturns', () => {
    it('is woken by returns that somebody else records', async () => {
      const { registry, other } = make();
      const [a, b] = [drill(), drill()];
      await registry.register([a, b], soon());
      const signal = soon();
      const waiting = registry.awaitReturns([a.nonce, b.nonce], signal);
      await other.recordReturn(back(b.nonce), soon());
      await other.recordReturn(back(a.nonce), soon());
      expect(await waiting).toEqual([back(a.nonce), back(b.nonce)]);
      expect(signal.aborted).toBe(false);
    });

    it('is woken again by a later return', async () => {
      const { registry, other } = make();
      const [first, second] = [drill(), drill()];
      await registry.register([first, second], soon());
      await other.recordReturn(back(first.nonce), soon());
      await registry.awaitReturns([first.nonce], soon());
      const signal = soon();
      const waiting = registry.awaitReturns([second.nonce], signal);
      // Answered after the wait has read the store: only a message can wake it now.
      await registry.isLive(second.nonce, soon());
      await other.recordReturn(back(second.nonce), soon());
      expect(await waiting).toEqual([back(second.nonce)]);
      expect(signal.aborted).toBe(false);
    });

    it('sees returns from before the wait began', async () => {
      const { registry, other } = make();
      const sent = drill();
      await registry.register([sent], soon());
      await other.recordReturn(back(sent.nonce), soon());
      expect(await registry.awaitReturns([sent.nonce], soon())).toEqual([back(sent.nonce)]);
    });

    it('gives what is back when its signal aborts', async () => {
      const { registry, other } = make();
      const [a, b] = [drill(), drill()];
      await registry.register([a, b], soon());
      const stop = new AbortController();
      const waiting = registry.awaitReturns([a.nonce, b.nonce], stop.signal);
      await other.recordReturn(back(a.nonce), soon());
      stop.abort();
      expect(await waiting).toEqual([back(a.nonce)]);
      expect(await registry.awaitReturns([b.nonce], AbortSignal.abort())).toEqual([]);
    });

    it('wakes several waits for one nonce, and ends at once for none', async () => {
      const { registry, other } = make();
      const sent = drill();
      await registry.register([sent], soon());
      const both = [registry.awaitReturns([sent.nonce], soon()), other.awaitReturns([sent.nonce], soon())];
      await other.recordReturn(back(sent.nonce), soon());
      expect(await Promise.all(both)).toEqual([[back(sent.nonce)], [back(sent.nonce)]]);
      expect(await registry.awaitReturns([], soon())).toEqual([]);
    });
  });

  describe('awaitReturns through one receiver', () => {
    it('sleeps on when another receiver posts it, and is woken by the one', async () => {
      const { registry, other } = make();
      const [a, b] = [drill(), drill()];
      await registry.register([a, b], soon());
      const signal = soon();
      const waiting = registry.awaitReturns([a.nonce, b.nonce], signal, 'a.b');
      for (const { nonce } of [a, b]) await other.recordReturn(elsewhere(nonce), soon());
      for (const { nonce } of [a, b]) await other.recordReturn(back(nonce), soon());
      expect(await waiting).toEqual([back(a.nonce), back(b.nonce)]);
      expect(signal.aborted).toBe(false);
    });

    it('sees that one from before the wait began, whatever came first', async () => {
      const { registry, other } = make();
      const sent = drill();
      await registry.register([sent], soon());
      await other.recordReturn(back(sent.nonce), soon());
      await other.recordReturn(elsewhere(sent.nonce), soon());
      expect(await registry.awaitReturns([sent.nonce], soon(), 'log')).toEqual([elsewhere(sent.nonce)]);
    });

    it('gives what came through others when its signal aborts', async () => {
      const { registry, other } = make();
      const [a, b] = [drill(), drill()];
      await registry.register([a, b], soon());
      const stop = new AbortController();
      const waiting = registry.awaitReturns([a.nonce, b.nonce], stop.signal, 'a.b');
      await other.recordReturn(elsewhere(a.nonce), soon());
      await other.recordReturn(back(b.nonce), soon());
      stop.abort();
      expect(await waiting).toEqual([elsewhere(a.nonce), back(b.nonce)]);
    });

    it('wakes those who take any receiver and those who wait for one, each by what they wait for', async () => {
      const { registry, other } = make();
      const sent = drill();
      await registry.register([sent], soon());
      const [any, one] = [registry.awaitReturns([sent.nonce], soon()), registry.awaitReturns([sent.nonce], soon(), 'a.b')];
      await other.recordReturn(elsewhere(sent.nonce), soon());
      expect(await any).toEqual([elsewhere(sent.nonce)]);
      await other.recordReturn(back(sent.nonce), soon());
      expect(await one).toEqual([back(sent.nonce)]);
    });
  });

  it('keeps refusals with their own times, oldest first', async () => {
    const { registry, other } = make();
    const late = { ...refusal('2026-11-23T08:00:05.000Z', 'late'), userAgent: 'Alertmanager/0.33.1', remote: '127.0.0.1' };
    await registry.recordRefusal(late, soon());
    await registry.recordRefusal(refusal('2026-11-23T08:00:01.000Z', 'written late'), soon());
    await registry.recordRefusal(refusal('2026-11-23T07:00:00.000Z', 'too old'), soon());
    const found = await other.refusalsSince(new Date('2026-11-23T08:00:00.000Z'), soon());
    expect(found).toEqual([refusal('2026-11-23T08:00:01.000Z', 'written late'), late]);
  });

  it('gives refusals that hold a nonce whatever clock they were written by', async () => {
    const { registry, other } = make();
    const [mine, theirs] = ['mine', 'theirs'].map(nonce => ({
      ...refusal('2026-11-23T07:00:00.000Z', nonce),
      nonces: [nonce],
      bodyRead: true,
    }));
    if (!mine || !theirs) throw new Error('two refusals were made');
    for (const each of [mine, theirs]) await registry.recordRefusal(each, soon());
    expect(await other.refusalsSince(new Date('2026-11-23T08:00:00.000Z'), soon(), ['mine', 'another'])).toEqual([mine]);
  });
}
