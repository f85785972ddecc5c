import { expect, it } from 'vitest';
import type { ActionTotals } from '../../domain/ports/learning-repository.ts';
import { knownTotals } from './known-totals.ts';

const never = new AbortController().signal;

/** A store that counts how often it is asked. */
function counting() {
  const store = { asked: 0, fails: false, totals: async (): Promise<readonly ActionTotals[]> => [] };
  store.totals = async () => {
    store.asked += 1;
    if (store.fails) throw new Error('away');
    return [];
  };
  return store;
}

it('reads them once for all who ask within 30 seconds', async () => {
  let nowMs = 0;
  const store = counting();
  const totals = knownTotals(store, () => nowMs);
  await Promise.all([totals(never), totals(never)]);
  nowMs = 29_999;
  await totals(never);
  expect(store.asked).toBe(1);
  nowMs = 30_000;
  await totals(never);
  expect(store.asked).toBe(2);
});

it('keeps no failure', async () => {
  const store = counting();
  const totals = knownTotals(store, () => 0);
  store.fails = true;
  await expect(totals(never)).rejects.toThrow('away');
  store.fails = false;
  expect(await totals(never)).toEqual([]);
});

it('lets one who has had enough go without the others', async () => {
  const asked = Promise.withResolvers<readonly ActionTotals[]>();
  const totals = knownTotals({ totals: () => asked.promise }, () => 0);
  const first = totals(AbortSignal.abort(new Error('over')));
  const second = totals(never);
  await expect(first).rejects.toThrow('over');
  asked.resolve([]);
  expect(await second).toEqual([]);
});
