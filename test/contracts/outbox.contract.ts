import { beforeEach, describe, expect, it } from 'vitest';
import type { Told } from '../../src/domain/ports/incident-store.ts';
import { NOBODY, start } from '../builders/ingest.ts';
import type { IncidentWorld } from './incident-world.ts';
import { CARD, delivered, LONG_MS, type OutboxDesk, outboxDesk } from './outbox-desk.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

/** What every Outbox promises, together with the store that fills it. `make` gives an empty one. */
export function outboxContract(make: () => Promise<IncidentWorld>): void {
  let world: IncidentWorld;
  let desk: OutboxDesk;

  beforeEach(async () => {
    world = await make();
    desk = outboxDesk(world);
  });

  it('is empty where nothing came', async () => {
    expect(await desk.take()).toEqual([]);
    expect(await world.outbox.depth(soon())).toEqual({ waiting: 0, dead: 0 });
    expect(await world.outbox.dead(10, soon())).toEqual([]);
    expect(await world.outbox.retryDead({}, soon())).toBe(0);
  });

  it('gives out each channel of a new incident once, and keeps what was done', async () => {
    const id = await desk.open({ ...CARD, onOpen: ['analysis', 'telegram'] });
    const incident = await world.incidents.find(id, soon());
    const [first, second, ...none] = await desk.take();
    if (!first || !second) throw new Error('there are two channels');
    expect(none).toEqual([]);
    expect(first).toMatchObject({
      partition: desk.partition,
      incidentId: id,
      channel: 'analysis',
      attempts: 0,
      memo: {},
      since: incident?.openedAt,
    });
    expect(second).toMatchObject({ channel: 'telegram' });
    expect(await desk.delivery(id)).toMatchObject({ state: 'pending', attempts: 0, memo: {} });
    expect(await desk.take()).toEqual([]);
    expect(await world.outbox.depth(soon())).toEqual({ waiting: 2, dead: 0, oldest: incident?.openedAt });
    await world.outbox.done(first, { state: 'skipped', revision: 1, memo: {}, reason: 'no model is set up' }, soon());
    await world.outbox.done(second, delivered(1, { messageId: '7' }), soon());
    expect(await desk.delivery(id, 'analysis')).toMatchObject({ state: 'skipped', reason: 'no model is set up' });
    expect(await desk.delivery(id)).toMatchObject({ state: 'delivered', memo: { messageId: '7' }, attempts: 0 });
    expect(await desk.delivery(id)).not.toHaveProperty('reason');
    expect(await world.outbox.depth(soon())).toEqual({ waiting: 0, dead: 0 });
    // Said once more, since the first answer was lost.
    await world.outbox.done(second, delivered(1, { messageId: '8' }), soon());
    expect(await desk.delivery(id)).toMatchObject({ memo: { messageId: '7' } });
    expect(await desk.take()).toEqual([]);
  });

  describe('a change', () => {
    it('of what waits already adds nothing', async () => {
      await desk.open();
      for (let n = 1; n < 20; n += 1) await desk.fire(n);
      expect(await desk.take()).toHaveLength(1);
      expect(await world.outbox.depth(soon())).toMatchObject({ waiting: 1 });
    });

    it('while it is being done puts it back, afterwards and not before', async () => {
      const id = await desk.open();
      const work = await desk.only();
      await desk.fire(1);
      expect(await desk.take({ consumer: 'b' })).toEqual([]);
      await world.outbox.done(work, delivered(1, { messageId: '7' }), soon());
      expect(await desk.delivery(id)).toMatchObject({ state: 'pending', memo: { messageId: '7' } });
      const again = await desk.only({ consumer: 'b' });
      expect(again).toMatchObject({ incidentId: id, memo: { messageId: '7' } });
      expect(again.entryId).not.toBe(work.entryId);
      await world.outbox.done(again, delivered(2), soon());
      expect(await desk.take()).toEqual([]);
    });

    it('that was seen before it was done needs nothing more', async () => {
      await desk.open();
      const work = await desk.only();
      await desk.fire(1);
      await world.outbox.done(work, delivered(2), soon());
      expect(await desk.take()).toEqual([]);
    });

    it('while it is being skipped puts it back, until it was looked at', async () => {
      await desk.open();
      const work = await desk.only();
      await desk.fire(1);
      await world.outbox.done(work, { state: 'skipped', revision: 0, memo: {} }, soon());
      const again = await desk.only();
      await world.outbox.done(again, { state: 'skipped', revision: 0, memo: {} }, soon());
      expect(await desk.take()).toEqual([]);
    });

    it.each<[string, (id: string) => Promise<unknown>]>([
      ['acknowledged', id => world.incidents.acknowledge(id, { who: 'ann', tell: ['telegram'] }, soon())],
      ['resolved', id => world.incidents.resolve(id, { who: 'ann', tell: ['telegram'] }, soon())],
      [
        'silenced',
        id => world.incidents.silenced(id, { silence: { id: 's', by: 'ann', endsAt: start() }, who: 'ann', tell: ['telegram'] }, soon()),
      ],
      ['counted', () => desk.fire(1)],
      ['ended', () => desk.fire(0, { status: 'resolved' })],
    ])('is told of when it was %s', async (_, change) => {
      const id = await desk.open();
      await world.outbox.done(await desk.only(), delivered(1), soon());
      const rung: number[] = [];
      const stop = world.outbox.onWork(each => void rung.push(each));
      await change(id);
      stop();
      expect(rung).toEqual([desk.partition]);
      expect(await desk.only()).toMatchObject({ incidentId: id, attempts: 0 });
    });

    it('that tells nobody puts in nothing', async () => {
      await desk.open(NOBODY);
      expect(await desk.take()).toEqual([]);
    });
  });

  describe('work that was put off', () => {
    it('comes again when it is due, and counts what failed', async () => {
      const id = await desk.open();
      const first = await desk.only();
      await world.outbox.again(first, { afterMs: 800, reason: 'Telegram was away' }, soon());
      expect(await desk.delivery(id)).toMatchObject({ state: 'pending', attempts: 1, reason: 'Telegram was away' });
      expect(await desk.take()).toEqual([]);
      expect(await world.outbox.depth(soon())).toMatchObject({ waiting: 1, oldest: first.since });
      const due = (await desk.delivery(id))?.due;
      expect((due?.getTime() ?? 0) - first.takenAt.getTime()).toBeGreaterThanOrEqual(800);
      expect(await world.outbox.waiting(10, soon())).toEqual([
        { incidentId: id, channel: 'telegram', since: first.since, due, attempts: 1, reason: 'Telegram was away' },
      ]);
      await world.elapse(820);
      const second = await desk.only();
      expect(second).toMatchObject({ attempts: 1, since: first.since });
      expect(first.takenAt.getTime()).toBeGreaterThanOrEqual(first.since.getTime());
      expect(second.takenAt.getTime() - first.takenAt.getTime()).toBeGreaterThanOrEqual(30);
      expect(await world.outbox.waiting(10, soon())).toMatchObject([{ incidentId: id, attempts: 1 }]);
      expect(await desk.delivery(id)).toMatchObject({ since: first.since });
      expect((await desk.delivery(id))?.due).toBeUndefined();
      await world.outbox.again(second, { afterMs: 0 }, soon());
      const third = await desk.only();
      expect(third).toMatchObject({ attempts: 1, since: first.since });
      await world.outbox.done(third, delivered(1), soon());
      expect(await desk.delivery(id)).toMatchObject({ state: 'delivered', attempts: 0 });
      expect((await desk.delivery(id))?.since).toBeUndefined();
      expect(await world.outbox.waiting(10, soon())).toEqual([]);
    });

    it('for a failure waits whatever happens to the incident', async () => {
      const id = await desk.open();
      await world.outbox.again(await desk.only(), { afterMs: LONG_MS, reason: 'no' }, soon());
      await desk.fire(1, { severity: 'critical', fingerprint: 'f2' });
      await world.incidents.acknowledge(id, { who: 'ann', tell: ['telegram'] }, soon());
      expect(await desk.take()).toEqual([]);
    });

    it('by the channel comes at once when the incident gets worse or a person acts, and not for one alert more', async () => {
      const id = await desk.open();
      await world.outbox.again(await desk.only(), { afterMs: LONG_MS }, soon());
      await desk.fire(1);
      expect(await desk.take()).toEqual([]);
      await desk.fire(2, { severity: 'critical' });
      await world.outbox.again(await desk.only(), { afterMs: LONG_MS }, soon());
      await world.incidents.acknowledge(id, { who: 'ann', tell: ['telegram'] }, soon());
      await world.outbox.done(await desk.only(), delivered(4), soon());
      expect(await desk.take()).toEqual([]);
    });
  });

  describe('work that was put off anew', () => {
    it('waits for nobody before it is due, and forgets what failed', async () => {
      const id = await desk.open();
      await world.outbox.again(await desk.only(), { afterMs: 0, reason: 'Alertmanager was away' }, soon());
      const work = await desk.only();
      await world.outbox.again(work, { afterMs: 800, anew: true }, soon());
      expect(await world.outbox.depth(soon())).toEqual({ waiting: 0, dead: 0 });
      expect(await world.outbox.waiting(10, soon())).toEqual([]);
      const delivery = await desk.delivery(id);
      expect(delivery).toMatchObject({ state: 'pending', attempts: 0, since: delivery?.due });
      expect(delivery).not.toHaveProperty('reason');
      await world.elapse(820);
      expect(await desk.only()).toMatchObject({ attempts: 0, since: delivery?.due });
      expect(await world.outbox.depth(soon())).toMatchObject({ waiting: 1, oldest: delivery?.due });
    });

    it('comes at once when a person acts, and waits from then on', async () => {
      const id = await desk.open();
      await world.outbox.again(await desk.only(), { afterMs: LONG_MS, anew: true }, soon());
      await world.incidents.acknowledge(id, { who: 'ann', tell: ['telegram'] }, soon());
      const work = await desk.only();
      expect(work.since.getTime()).toBeLessThanOrEqual(work.takenAt.getTime());
      expect(await world.outbox.depth(soon())).toMatchObject({ waiting: 1 });
    });
  });

  describe('what is told later', () => {
    const REPEAT: Told = { onOpen: [], onChange: [], later: [{ channel: 'telegram-repeat', afterMs: 800 }] };

    it('is due so long after the opening, and waits for nobody before', async () => {
      const id = await desk.open(REPEAT, { severity: 'critical' });
      expect(await desk.take()).toEqual([]);
      expect(await world.outbox.depth(soon())).toEqual({ waiting: 0, dead: 0 });
      expect(await desk.delivery(id, 'telegram-repeat')).toMatchObject({ state: 'pending' });
      await world.elapse(820);
      const work = await desk.only();
      const opened = (await world.incidents.find(id, soon()))?.openedAt ?? start();
      expect(work).toMatchObject({ incidentId: id, channel: 'telegram-repeat', since: new Date(opened.getTime() + 800) });
      expect(await world.outbox.depth(soon())).toMatchObject({ waiting: 1 });
    });

    it('is due anew after a re-opening, and when the incident becomes critical, but not for a further alert', async () => {
      const id = await desk.open(NOBODY);
      await desk.fire(1, {}, REPEAT);
      expect(await desk.delivery(id, 'telegram-repeat')).toBeUndefined();
      await desk.fire(2, { severity: 'critical' }, REPEAT);
      await world.elapse(820);
      await world.outbox.done(await desk.only(), delivered(3), soon());
      await desk.fire(3, { severity: 'critical' }, REPEAT);
      expect(await desk.delivery(id, 'telegram-repeat')).toMatchObject({ state: 'delivered' });
      await world.incidents.resolve(id, { who: 'ann', tell: [] }, soon());
      await desk.fire(4, { severity: 'critical' }, REPEAT);
      await world.elapse(820);
      expect(await desk.only()).toMatchObject({ incidentId: id, channel: 'telegram-repeat' });
    });
  });
}
