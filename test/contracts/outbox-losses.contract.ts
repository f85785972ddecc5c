import { beforeEach, describe, expect, it } from 'vitest';
import { ingestOf, newAnomaly } from '../builders/ingest.ts';
import type { IncidentWorld } from './incident-world.ts';
import { CARD, delivered, type OutboxDesk, outboxDesk } from './outbox-desk.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

/** What every Outbox promises of consumers that die and work that is given up. `make` gives an empty one. */
export function outboxLossesContract(make: () => Promise<IncidentWorld>): void {
  let world: IncidentWorld;
  let desk: OutboxDesk;

  beforeEach(async () => {
    world = await make();
    desk = outboxDesk(world);
  });

  const die = async (told = CARD): Promise<string> => {
    const id = await desk.open(told);
    for (const work of await desk.take()) await world.outbox.giveUp(work, `${work.channel} is gone`, soon());
    return id;
  };

  describe('what a consumer left', () => {
    it('is claimed by another, who alone may then say how it ended', async () => {
      const id = await desk.open();
      const left = await desk.only({ consumer: 'a' });
      await world.outbox.remember(left, { key: 'k1' }, soon());
      expect(await desk.take({ consumer: 'b', claimAfterMs: 800 })).toEqual([]);
      await world.elapse(820);
      const claimed = await desk.only({ consumer: 'b', claimAfterMs: 800 });
      expect(claimed).toMatchObject({ incidentId: id, channel: 'telegram', memo: { key: 'k1' }, attempts: 0, since: left.since });
      expect(claimed.entryId).not.toBe(left.entryId);
      await expect(world.outbox.remember(left, { key: 'k2' }, soon())).rejects.toMatchObject({ fault: 'unavailable' });
      for (const late of [
        world.outbox.done(left, delivered(1, { key: 'k2' }), soon()),
        world.outbox.again(left, { afterMs: 0, reason: 'late' }, soon()),
        world.outbox.giveUp(left, 'late', soon()),
      ]) {
        await late;
      }
      expect(await desk.delivery(id)).toMatchObject({ state: 'pending', memo: { key: 'k1' } });
      await world.outbox.done(claimed, delivered(1, { key: 'k3' }), soon());
      expect(await desk.delivery(id)).toMatchObject({ state: 'delivered', memo: { key: 'k3' } });
    });

    it('is not claimed while it is heard of', async () => {
      await desk.open();
      const work = await desk.only({ consumer: 'a' });
      for (let n = 0; n < 4; n += 1) {
        await world.elapse(250);
        await world.outbox.remember(work, { n: `${n}` }, soon());
      }
      expect(await desk.take({ consumer: 'b', claimAfterMs: 800 })).toEqual([]);
    });

    it('is found behind much that is being done', async () => {
      const body = Array.from({ length: 40 }, () => ingestOf({ anomalyKey: newAnomaly(desk.partition) }, { told: CARD }));
      await world.incidents.ingest(body, soon());
      const work = await desk.take({ count: 40 });
      await world.elapse(600);
      await Promise.all(work.slice(0, -1).map(each => world.outbox.remember(each, {}, soon())));
      expect(await desk.only({ consumer: 'b', count: 1, claimAfterMs: 500 })).toMatchObject({ incidentId: work.at(-1)?.incidentId });
    });

    it('is claimed whole, however much it was', async () => {
      const body = Array.from({ length: 70 }, () => ingestOf({ anomalyKey: newAnomaly(desk.partition) }, { told: CARD }));
      await world.incidents.ingest(body, soon());
      expect(await desk.take({ count: 100 })).toHaveLength(70);
      await world.elapse(5);
      const claimed = new Set<string>();
      for (let n = 0; n < 10; n += 1) {
        for (const work of await desk.take({ consumer: 'b', count: 7, claimAfterMs: 1 })) {
          claimed.add(work.incidentId);
          await world.outbox.done(work, delivered(1), soon());
        }
      }
      expect(claimed.size).toBe(70);
      expect(await world.outbox.depth(soon())).toEqual({ waiting: 0, dead: 0 });
    });
  });

  it('gives work to one of several consumers, oldest first', async () => {
    const body = Array.from({ length: 40 }, () => ingestOf({ anomalyKey: newAnomaly(desk.partition) }, { told: CARD }));
    await world.incidents.ingest(body, soon());
    const shares = await Promise.all(['a', 'b', 'c', 'd'].map(consumer => desk.take({ consumer, count: 10 })));
    expect(shares.flat().map(({ incidentId }) => incidentId)).toEqual(body.map(({ newId }) => newId));
  });

  describe('a dead letter', () => {
    it('is listed with its reason, and comes back when somebody asks', async () => {
      const id = await die();
      const incident = await world.incidents.find(id, soon());
      expect(incident?.deliveries).toMatchObject([{ channel: 'telegram', state: 'dead', reason: 'telegram is gone', attempts: 1 }]);
      const [letter] = await world.outbox.dead(10, soon());
      expect(letter).toMatchObject({
        incidentId: id,
        channel: 'telegram',
        since: incident?.openedAt,
        attempts: 1,
        reason: 'telegram is gone',
      });
      expect(letter?.diedAt).toEqual(incident?.deliveries[0]?.at);
      expect(await world.outbox.depth(soon())).toEqual({ waiting: 0, dead: 1 });
      const rung: number[] = [];
      world.outbox.onWork(each => void rung.push(each));
      expect(await world.outbox.retryDead({ incidentId: id }, soon())).toBe(1);
      expect(await world.outbox.retryDead({ incidentId: id }, soon())).toBe(0);
      expect(rung).toEqual([desk.partition]);
      expect(await world.outbox.dead(10, soon())).toEqual([]);
      expect(await desk.only()).toMatchObject({ incidentId: id, attempts: 0 });
    });

    it('comes back by the next change of its incident', async () => {
      const id = await die();
      await desk.fire(1);
      expect(await world.outbox.dead(10, soon())).toEqual([]);
      expect(await world.outbox.depth(soon())).toMatchObject({ waiting: 1, dead: 0 });
      expect(await desk.only()).toMatchObject({ incidentId: id, attempts: 0 });
    });

    it('is retried by channel, or all are', async () => {
      const id = await die({ ...CARD, onOpen: ['telegram', 'webhook', 'sentry'] });
      desk = outboxDesk(world, desk.partition);
      const other = await die();
      expect(await world.outbox.dead(2, soon())).toHaveLength(2);
      expect(await world.outbox.retryDead({ incidentId: id, channel: 'webhook' }, soon())).toBe(1);
      expect(await world.outbox.retryDead({ channel: 'telegram' }, soon())).toBe(2);
      expect((await desk.take()).map(({ incidentId, channel }) => [incidentId, channel])).toEqual([
        [id, 'webhook'],
        [id, 'telegram'],
        [other, 'telegram'],
      ]);
      expect(await world.outbox.retryDead({}, soon())).toBe(1);
      expect(await world.outbox.retryDead({ incidentId: 'no id' }, soon())).toBe(0);
    });

    it('is one of very many', async () => {
      const body = Array.from({ length: 450 }, () =>
        ingestOf({ anomalyKey: newAnomaly(desk.partition) }, { told: { ...CARD, onOpen: ['telegram', 'webhook'] } }),
      );
      await world.incidents.ingest(body, soon());
      for (const work of await desk.take({ count: 900 })) await world.outbox.giveUp(work, 'gone', soon());
      expect(await world.outbox.retryDead({ channel: 'webhook' }, soon())).toBe(450);
      expect(await world.outbox.depth(soon())).toMatchObject({ waiting: 450, dead: 450 });
    });
  });

  it('tells of work until its listener has had enough', async () => {
    const rung: number[] = [];
    const stop = world.outbox.onWork(each => void rung.push(each));
    await desk.open();
    stop();
    await desk.fire(1);
    expect(rung).toEqual([desk.partition]);
  });
}
