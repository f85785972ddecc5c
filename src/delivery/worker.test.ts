import { afterEach, describe, expect, it } from 'vitest';
import { type DeliveryWorldOptions, deliveryWorld, incidentIn } from '../../test/builders/delivery-world.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { Delivered, DeliveryChannel } from './channel.ts';

const DELIVERED: Delivered = { is: 'delivered', memo: {} };
let close: () => Promise<void>;

function started(options: DeliveryWorldOptions) {
  const world = deliveryWorld(options);
  close = () => world.workers.close();
  world.workers.start();
  return world;
}

afterEach(() => close());

const channel = (name: string, deliver: DeliveryChannel['deliver']): DeliveryChannel => ({ name, deliver });
const until = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

const finding = (waitedForMs: number, done: Promise<void>) => ({
  ...channel('finds', async () => {
    await done;
    return DELIVERED;
  }),
  waitedForMs,
});

describe('what a channel finds out', () => {
  it('is waited for by those that are put out behind it', async () => {
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    const world = started({ channels: [finding(30_000, done), channel('tells', async () => DELIVERED)] });
    world.open(incidentIn(4), 'finds', 'tells');
    world.open(incidentIn(4, { id: 'inc-04-bbbbbbbbbbbbb' }), 'tells');
    await eventually(() => world.counted.length === 1);
    expect(world.deeds[0]?.work.incidentId).toBe('inc-04-bbbbbbbbbbbbb');
    finish();
    await eventually(() => world.counted.length === 3);
    expect(world.counted).toEqual(['tells delivered', 'finds delivered', 'tells delivered']);
  });

  it('is waited for also where another replica is at it', async () => {
    const at = new Date();
    const finds = { ...channel('finds', async () => DELIVERED), waitedForMs: 30_000 };
    const world = started({ channels: [finds, channel('tells', async () => DELIVERED)] });
    const under = { channel: 'finds', at, attempts: 0, memo: {} };
    const pending = incidentIn(4, { deliveries: [{ ...under, state: 'pending' }] });
    world.open(pending, 'tells');
    world.open(incidentIn(4, { id: 'inc-04-bbbbbbbbbbbbb' }), 'tells');
    await eventually(() => world.counted.length === 1);
    expect(world.deeds[0]?.work.incidentId).toBe('inc-04-bbbbbbbbbbbbb');
    world.incidents.set(pending.id, { ...pending, revision: 2, deliveries: [{ ...under, state: 'delivered' }] });
    await eventually(() => world.deeds.length === 2);
    expect(world.deeds[1]?.deed).toMatchObject({ state: 'delivered', revision: 2 });
  });

  it('is not waited for any longer than it may take', async () => {
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    const world = started({ channels: [finding(20, done), channel('tells', async () => DELIVERED)] });
    world.open(incidentIn(4), 'finds', 'tells');
    await eventually(() => world.counted.length === 1);
    expect(world.counted).toEqual(['tells delivered']);
    finish();
  });
});

describe('what comes of a piece of work', () => {
  it('is recorded with the revision that was delivered and what the channel has to remember', async () => {
    const { open, deeds, counted } = started({ channels: [channel('a', async () => ({ is: 'delivered', memo: { message: '7' } }))] });
    open(incidentIn(3, { revision: 5 }), 'a');
    await eventually(() => deeds.length === 1);
    expect(deeds[0]?.deed).toEqual({ state: 'delivered', revision: 5, memo: { message: '7' } });
    expect(counted).toEqual(['a delivered']);
  });

  it('is recorded with the revision that its own change made, where the channel names it', async () => {
    const analyses = channel('a', async () => ({ is: 'delivered', memo: {}, revision: 6 }));
    const { open, deeds } = started({ channels: [analyses] });
    open(incidentIn(3, { revision: 5 }), 'a');
    await eventually(() => deeds.length === 1);
    expect(deeds[0]?.deed).toMatchObject({ state: 'delivered', revision: 6 });
  });

  it('is tried again with what was remembered, after as long as the other side asked for', async () => {
    const seen: { memo: object; attempts: number; at: number }[] = [];
    const { open, deeds, counted } = started({
      channels: [
        channel('a', async job => {
          const { memo, attempts } = job.work;
          seen.push({ memo, attempts, at: performance.now() });
          if (seen.length > 1) return DELIVERED;
          await job.remember({ text: 'rendered once' });
          throw new PortError('rate-limited', 'slow down', { retryAfterMs: 1_200 });
        }),
      ],
    });
    open(incidentIn(0), 'a');
    await eventually(() => deeds.length === 1);
    expect(seen.map(({ memo, attempts }) => ({ memo, attempts }))).toEqual([
      { memo: {}, attempts: 0 },
      { memo: { text: 'rendered once' }, attempts: 1 },
    ]);
    expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_150);
    expect(counted).toEqual(['a failed', 'a delivered']);
  });

  it('keeps a memo that a failure, a skip or a postponement came after', async () => {
    let turn = 0;
    const { open, deeds, counted } = started({
      channels: [
        channel('a', async job => {
          turn += 1;
          if (turn === 1) return { is: 'postponed', afterMs: 10, memo: { seen: 'once' } };
          await job.remember({ seen: 'twice' });
          return { is: 'skipped', reason: 'nobody wants it' };
        }),
      ],
    });
    open(incidentIn(15), 'a');
    await eventually(() => deeds.length === 1);
    expect(deeds[0]?.work.attempts).toBe(0);
    expect(deeds[0]?.deed).toEqual({ state: 'skipped', revision: 1, memo: { seen: 'twice' }, reason: 'nobody wants it' });
    expect(counted).toEqual(['a postponed', 'a skipped']);
  });

  it('is a dead letter once its time is over, with the reason and no secret', async () => {
    const failing = channel('a', async () => {
      throw new PortError('unauthorized', 'Telegram refused /bot123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/sendMessage');
    });
    const { put, incidents, letters, counted, lines } = started({ channels: [failing], giveUpAfterMs: 60_000 });
    const incident = incidentIn(9);
    incidents.set(incident.id, incident);
    put(incident.id, 'a', new Date(Date.now() - 61_000));
    await eventually(() => letters.length === 1);
    expect(letters[0]?.reason).toBe('Telegram refused /bot***/sendMessage');
    expect(counted).toEqual(['a dead']);
    expect(lines.join('\n')).not.toContain('AAAA');
  });

  it('counts what throws anything at all as a failure, and goes on', async () => {
    let turn = 0;
    const broken = channel('a', async () => {
      turn += 1;
      if (turn === 1) throw new TypeError('x is not a function');
      return DELIVERED;
    });
    const { open, deeds, counted, lines } = started({ channels: [broken] });
    open(incidentIn(1), 'a');
    await eventually(() => deeds.length === 1);
    expect(counted).toEqual(['a failed', 'a delivered']);
    expect(lines.some(line => line.startsWith('a delivery broke'))).toBe(true);
  });

  it('is skipped where the incident or the channel is gone', async () => {
    const { open, put, deeds } = started({ channels: [] });
    open(incidentIn(2), 'gone');
    put('inc-04-abcdefghijklm', 'a');
    await eventually(() => deeds.length === 2);
    const reasons = deeds.map(({ deed: { state, reason } }) => `${state}: ${reason}`);
    expect(reasons.toSorted()).toEqual(['skipped: the channel gone is no longer set up', 'skipped: the incident is gone by age']);
  });
});

describe('one channel among others', () => {
  it('that hangs, and does not even heed its signal, delays nobody and is tried again', async () => {
    const delivered: string[] = [];
    let attempts = 0;
    const deaf = channel('deaf', () => {
      attempts += 1;
      return new Promise(() => {});
    });
    const quick = channel('quick', async ({ incident: { id } }) => {
      delivered.push(id);
      return DELIVERED;
    });
    const { open, counted } = started({
      channels: [deaf, quick],
      limits: { atOnce: 8, perChannel: 4, patienceMs: 100, actWithinMs: 1_000, graceMs: 100 },
    });
    for (let n = 0; n < 60; n += 1)
      open(incidentIn(n % 16, { id: `inc-${String(n % 16).padStart(2, '0')}-hanging${String(n).padStart(6, '0')}` }), 'deaf');
    await eventually(() => attempts >= 4);
    const before = performance.now();
    for (let n = 0; n < 16; n += 1) open(incidentIn(n), 'quick');
    await eventually(() => delivered.length === 16);
    expect(performance.now() - before).toBeLessThan(5_000);
    await eventually(() => counted.includes('deaf failed') && attempts > 8);
  });

  it('is given no more at once than its share, and all of it in the end', async () => {
    let running = 0;
    let most = 0;
    const slow = channel('a', async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(resolve => setImmediate(resolve));
      running -= 1;
      return DELIVERED;
    });
    const { open, deeds } = started({ channels: [slow], limits: { atOnce: 8, perChannel: 4 } });
    for (let n = 0; n < 300; n += 1) {
      open(incidentIn(n % 16, { id: `inc-${String(n % 16).padStart(2, '0')}-many${String(n).padStart(9, '0')}` }), 'a');
    }
    await eventually(() => deeds.length === 300);
    expect(most).toBe(4);
  });
});

it('never does two of the same incident and channel at once, though the outbox gives it out again', async () => {
  let running = 0;
  let most = 0;
  let calls = 0;
  const { promise: gate, resolve: release } = Promise.withResolvers<void>();
  const held = channel('a', async () => {
    calls += 1;
    running += 1;
    most = Math.max(most, running);
    await gate;
    running -= 1;
    return DELIVERED;
  });
  const { open, pending, put } = started({ channels: [held] });
  const incident = incidentIn(6);
  open(incident, 'a');
  await eventually(() => calls === 1);
  put(incident.id, 'a');
  await eventually(() => pending().every(({ place }) => place?.in === 'later'));
  release();
  await eventually(() => pending().length === 0);
  expect(most).toBe(1);
});

it('wakes at once for new work', async () => {
  const { open, deeds, world } = started({ channels: [channel('a', async () => DELIVERED)], limits: { lookEveryMs: 60_000 } });
  open(incidentIn(11), 'a');
  await eventually(() => deeds.length === 1, { withinMs: 5_000 });
  expect(world.takes).toBeLessThan(5);
});

it('looks ever less often while the outbox is away, says so once, and goes on by itself', async () => {
  const { open, deeds, world, lines } = started({ channels: [channel('a', async () => DELIVERED)] });
  world.away = true;
  open(incidentIn(12), 'a');
  await eventually(() => world.takes >= 32);
  const said = lines.filter(line => line.startsWith('the outbox cannot be reached'));
  expect(said).toHaveLength(1);
  world.away = false;
  await eventually(() => deeds.length === 1, { withinMs: 20_000 });
  expect(lines.some(line => line.startsWith('the outbox can be reached again'))).toBe(true);
});

describe('closing', () => {
  it('lets what is under way end', async () => {
    const { promise: gate, resolve: release } = Promise.withResolvers<void>();
    let calls = 0;
    const held = channel('a', async () => {
      calls += 1;
      await gate;
      return DELIVERED;
    });
    const { open, deeds, workers } = started({ channels: [held] });
    open(incidentIn(6), 'a');
    await eventually(() => calls === 1);
    const closed = workers.close();
    release();
    await closed;
    expect(deeds).toHaveLength(1);
  });

  it('puts back, not as failed, what does not end in time and what has not begun', async () => {
    let calls = 0;
    const hanging = channel('a', async (_, signal) => {
      calls += 1;
      return until(signal);
    });
    const { open, pending, counted, workers } = started({ channels: [hanging], limits: { atOnce: 4, perChannel: 2, graceMs: 50 } });
    for (let n = 0; n < 8; n += 1) open(incidentIn(n), 'a');
    await eventually(() => calls >= 2);
    await workers.close();
    expect(pending()).toHaveLength(8);
    expect(pending().every(({ place, attempts }) => place?.in !== 'hands' && attempts === 0)).toBe(true);
    expect(counted).toEqual([]);
  });
});
