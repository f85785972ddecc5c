import { expect, it } from 'vitest';
import { freePort, keptPort } from './free-port.ts';

const all = (draw: () => Promise<number>): Promise<number[]> => Promise.all(Array.from({ length: 50 }, draw));

it('keeps a port for each who asks, and none that others are given', async () => {
  const kept = await all(keptPort);
  expect(new Set(kept).size).toBe(kept.length);
  expect((await all(freePort)).filter(port => kept.includes(port))).toEqual([]);
});
