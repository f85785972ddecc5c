import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/parts/eventually.ts';
import { Lane } from './lane.ts';

const { signal } = new AbortController();

/** A write that ends when it is told to. */
function held(): { readonly write: () => Promise<void>; readonly end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { write: () => promise, end: resolve };
}

it('has one write at a time, those that people asked for first, and each kind in the order in which it came', async () => {
  const lane = new Lane(() => performance.now());
  const first = held();
  const order: string[] = [];
  const under = lane.run('low', signal, first.write);
  const rest = (['low', 'normal', 'low', 'normal'] as const).map((priority, n) =>
    lane.run(priority, signal, async () => void order.push(`${priority} ${n}`)),
  );
  expect([lane.length, order]).toEqual([5, []]);
  first.end();
  await Promise.all([under, ...rest]);
  expect([lane.length, order]).toEqual([0, ['normal 1', 'normal 3', 'low 0', 'low 2']]);
});

it('goes on after a write that failed', async () => {
  const lane = new Lane(() => performance.now());
  const failing = lane.run('normal', signal, async () => Promise.reject(new Error('no')));
  const next = lane.run('normal', signal, async () => 'written');
  await expect(failing).rejects.toThrow('no');
  expect([await next, lane.length]).toEqual(['written', 0]);
});

it('lets go of whoever gives up waiting, and of nobody else', async () => {
  const lane = new Lane(() => performance.now());
  const first = held();
  const under = lane.run('normal', signal, first.write);
  const leaving = new AbortController();
  let ran = false;
  const left = lane.run('normal', leaving.signal, async () => void (ran = true));
  const next = lane.run('low', signal, async () => 'written');
  leaving.abort(new Error('too long'));
  await expect(left).rejects.toThrow('too long');
  expect(lane.length).toBe(2);
  first.end();
  await under;
  expect([await next, ran, lane.length]).toEqual(['written', false, 0]);
});

it('does not begin for whoever has given up already', async () => {
  const lane = new Lane(() => performance.now());
  await expect(lane.run('normal', AbortSignal.abort(new Error('over')), async () => 'written')).rejects.toThrow('over');
  expect(lane.length).toBe(0);
});

it('never has two writes at once, whoever comes, fails or leaves', async () => {
  const job = fc.record({ priority: fc.constantFrom('normal' as const, 'low' as const), fails: fc.boolean(), leaves: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(job, { maxLength: 12 }), fc.scheduler(), async (jobs, scheduler) => {
      const lane = new Lane(() => performance.now());
      let [now, most] = [0, 0];
      const runs = jobs.map(({ priority, fails, leaves }) => {
        const leaving = new AbortController();
        if (leaves) void scheduler.schedule(Promise.resolve()).then(() => leaving.abort());
        return lane.run(priority, leaving.signal, async () => {
          now += 1;
          most = Math.max(most, now);
          await scheduler.schedule(Promise.resolve());
          now -= 1;
          if (fails) throw new Error('no');
        });
      });
      await scheduler.waitFor(Promise.allSettled(runs));
      expect([most <= 1, now, lane.length]).toEqual([true, 0, 0]);
    }),
    { numRuns: 200 },
  );
});

/** Takes every place of the lane; the answer lets the writes end one by one. */
function filled(lane: Lane): () => Promise<void> {
  const gates = Array.from({ length: 16 }, () => Promise.withResolvers<void>());
  for (const { promise } of gates) void lane.run('low', signal, () => promise);
  return async () => {
    gates.shift()?.resolve();
    await new Promise(resolve => setImmediate(resolve));
  };
}

describe('a lane that is full', () => {
  it('has room for what people asked for, and tells the others once there is room', async () => {
    const lane = new Lane(() => 0);
    const endOne = filled(lane);
    const told: string[] = [];
    const asks = (key: string, priority: 'normal' | 'low') => lane.admits(key, priority, () => void told.push(key));
    expect([asks('a', 'low'), asks('b', 'low'), asks('c', 'low')]).toEqual([false, false, false]);
    expect(asks('b', 'normal')).toBe(true);
    await endOne();
    expect(told).toEqual(['a']);
    // Who was told and does not come leaves the room to the next.
    await endOne();
    expect(told).toEqual(['a', 'c']);
  });

  it('forgets who does not want to come any more', async () => {
    const lane = new Lane(() => 0);
    const endOne = filled(lane);
    const told: string[] = [];
    lane.admits('a', 'low', () => void told.push('a'));
    lane.forget('a');
    await endOne();
    expect([told, lane.admits('a', 'low', () => {})]).toEqual([[], true]);
  });
});

describe('a lane at rest', () => {
  it('lets nobody in, and tells those who came when it is over', async () => {
    let now = 0;
    const lane = new Lane(() => now);
    lane.rest(30);
    const told: string[] = [];
    expect(lane.admits('a', 'low', () => void told.push('a'))).toBe(false);
    now = 31;
    await eventually(() => told.length === 1);
    expect(lane.admits('a', 'low', () => {})).toBe(true);
  });

  it('tells all who came, although none of those told first comes any more', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let now = 0;
    const lane = new Lane(() => now);
    lane.rest(30);
    const told = new Set<number>();
    for (let n = 0; n < 40; n += 1) lane.admits(`rule ${n}`, 'low', () => told.add(n));
    now = 31;
    vi.advanceTimersByTime(31);
    expect(told.size).toBe(16);
    vi.advanceTimersByTime(2_000);
    expect([told.size, vi.getTimerCount()]).toEqual([40, 0]);
    vi.useRealTimers();
  });

  it('rests no longer than five minutes, whatever it was asked for', () => {
    let now = 0;
    const lane = new Lane(() => now);
    lane.rest(Number.MAX_SAFE_INTEGER);
    expect(lane.admits('a', 'low', () => {})).toBe(false);
    now = 300_000;
    expect(lane.admits('a', 'low', () => {})).toBe(true);
    lane.stop();
  });
});
