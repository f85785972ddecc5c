import { expect, it } from 'vitest';
import { storeDeadlines, storeWithinMs } from './deadline.ts';

it.each([
  [1, 5_000],
  [1_000, 5_000],
  [1_001, 5_001],
  [20_000, 24_000],
])('gives the store for %d alerts %d ms', (alerts, ms) => {
  expect(storeWithinMs(alerts)).toBe(ms);
});

it('is shared by what comes together, but not by a body that may take longer', () => {
  const deadline = storeDeadlines();
  expect(deadline(1)).toBe(deadline(2));
  expect(deadline(20_000)).not.toBe(deadline(1));
});
