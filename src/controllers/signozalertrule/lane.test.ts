import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lane } from './lane.ts';

const { signal } = new AbortController();

/** A write that ends when it is told to. */
function held(): { readonly write: () => Promise<void>; readonly end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { write: () => promise, end: resolve };
}

it('has one write at a time, those that people asked for first, and each kind in the order in which it came', async () => {
  const lane = new Lane();
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
  const lane = new Lane();
  const failing = lane.run('normal', signal, async () => Promise.reject(new Error('no')));
  const next = lane.run('normal', signal, async () => 'written');
  await expect(failing).rejects.toThrow('no');
  expect([await next, lane.length]).toEqual(['written', 0]);
});

it('lets go of whoever gives up waiting, and of nobody else', async () => {
  const lane = new Lane();
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
  const lane = new Lane();
  await expect(lane.run('normal', AbortSignal.abort(new Error('over')), async () => 'written')).rejects.toThrow('over');
  expect(lane.length).toBe(0);
});

it('never has two writes at once, whoever comes, fails or leaves', async () => {
  const job = fc.record({ priority: fc.constantFrom('normal' as const, 'low' as const), fails: fc.boolean(), leaves: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(job, { maxLength: 12 }), fc.scheduler(), async (jobs, scheduler) => {
      const lane = new Lane();
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
