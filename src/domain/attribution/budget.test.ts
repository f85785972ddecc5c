import { expect, it } from 'vitest';
import { cutShort, wholeBudgetMs } from './budget.ts';

const budget = { latencyMs: 10_000, peers: 2, peerTimeoutMs: 15_000 };

it('grows with every peer', () => {
  expect(wholeBudgetMs(budget)).toBe(40_000);
  expect(wholeBudgetMs({ ...budget, peers: 0 })).toBe(10_000);
});

it.each<[string, number, number | undefined]>([
  ['is whole', 40_000, undefined],
  ['leaves out the last', 39_999, 1],
  ['leaves out the last, with the default timeout', 26_500, 1],
  ['leaves out both', 24_999, 2],
  ['leaves out both, and is too short even for the first', 5_000, 2],
])('%s', (_, waitedMs, stillWaiting) => {
  expect(cutShort(budget, waitedMs)?.stillWaiting).toBe(stillWaiting);
});

it('leaves out nobody where nobody waits', () => {
  expect(cutShort({ ...budget, peers: 0 }, 5_000)).toEqual({ waitedMs: 5_000, peerWaitMs: 0, stillWaiting: 0 });
});
