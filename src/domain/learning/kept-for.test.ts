import { expect, it } from 'vitest';
import { keptFor } from './kept-for.ts';

it('asks once in so long, and once for all who ask meanwhile', async () => {
  let [at, asked] = [0, 0];
  const kept = keptFor(
    30,
    () => at,
    async () => (asked += 1),
  );
  expect(await Promise.all([kept(), kept()])).toEqual([1, 1]);
  at = 29;
  expect(await kept()).toBe(1);
  at = 30;
  expect(await kept()).toBe(2);
});

it('keeps no failure', async () => {
  let asked = 0;
  const kept = keptFor(
    30,
    () => 0,
    async () => {
      asked += 1;
      if (asked === 1) throw new Error('away');
      return asked;
    },
  );
  await expect(kept()).rejects.toThrow('away');
  expect(await kept()).toBe(2);
});
