import { describe, expect, it } from 'vitest';
import { healAt, keptHealing } from './healing.ts';

const time = '2026-11-26T10:00:00Z';

it.each([
  [0, '10:01'],
  [1, '10:01'],
  [2, '10:04'],
  [3, '10:16'],
  [4, '11:00'],
  [900, '11:00'],
])('after %i tries it waits until %s', (attempts, at) => {
  expect(healAt({ attempts, time })).toEqual(new Date(`2026-11-26T${at}:00Z`));
});

it('does not wait before the first try', () => {
  expect(healAt(undefined)).toEqual(new Date(0));
});

describe('what was tried is kept', () => {
  const healing = { attempts: 2, time };
  it.each([
    ['while the rule is not loaded', true, '23:00', healing],
    ['for an hour after it was', false, '10:59', healing],
    ['and no longer', false, '11:00', undefined],
  ])('%s', (_, isStuck, at, kept) => {
    expect(keptHealing(healing, { isStuck, now: new Date(`2026-11-26T${at}:00Z`) })).toEqual(kept);
  });

  it('where something was', () => {
    expect(keptHealing(undefined, { isStuck: true, now: new Date(time) })).toBeUndefined();
  });
});
