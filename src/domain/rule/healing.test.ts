import { expect, it } from 'vitest';
import { healAt } from './healing.ts';

it.each([
  [1, '2026-11-27T10:01:00Z'],
  [2, '2026-11-27T10:04:00Z'],
  [3, '2026-11-27T10:16:00Z'],
  [4, '2026-11-27T11:00:00Z'],
  [1_000, '2026-11-27T11:00:00Z'],
])('after %i attempts the next is not before %s', (attempts, due) => {
  expect(healAt({ attempts, time: '2026-11-27T10:00:00Z' })).toEqual(new Date(due));
});

it('is due at once where it was never tried', () => {
  expect(healAt(undefined).getTime()).toBeLessThan(Date.parse('2026-01-01'));
});
