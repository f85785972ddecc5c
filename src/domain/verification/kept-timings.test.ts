import { expect, it } from 'vitest';
import { PortError } from '../ports/port-error.ts';
import { keptTimings } from './kept-timings.ts';

/** How often each name is asked for, by what is kept. */
function asking() {
  const world = { asked: new Map<string, number>(), atMs: 0, away: false };
  const kept = keptTimings(
    {
      async ofAlert(name) {
        const times = (world.asked.get(name) ?? 0) + 1;
        world.asked.set(name, times);
        if (world.away) throw new PortError('unavailable', 'away');
        return name === 'None' ? undefined : { forMs: times, intervalMs: 1 };
      },
    },
    () => world.atMs,
  );
  const ask = (name: string) => kept.ofAlert(name, AbortSignal.timeout(1_000));
  return { world, ask };
}

it('asks for each name once a minute, also where there is no such rule', async () => {
  const { world, ask } = asking();
  await Promise.all([ask('A'), ask('A'), ask('B'), ask('None')]);
  world.atMs = 59_999;
  expect([await ask('A'), await ask('None')]).toEqual([{ forMs: 1, intervalMs: 1 }, undefined]);
  expect([...world.asked.values()]).toEqual([1, 1, 1]);
  world.atMs = 60_000;
  expect(await ask('A')).toEqual({ forMs: 2, intervalMs: 1 });
});

it('gives nobody an older answer in place of one that could not be read', async () => {
  const { world, ask } = asking();
  await ask('A');
  Object.assign(world, { atMs: 60_000, away: true });
  await expect(ask('A')).rejects.toThrow('away');
  world.away = false;
  expect(await ask('A')).toEqual({ forMs: 3, intervalMs: 1 });
});

it('keeps a thousand names, and forgets first what was asked for longest ago', async () => {
  const { world, ask } = asking();
  for (let n = 0; n < 1_000; n += 1) await ask(`n${n}`);
  await ask('n0');
  await ask('one more');
  await ask('n0');
  await ask('n1');
  expect([world.asked.get('n0'), world.asked.get('n1')]).toEqual([1, 2]);
});
