import { expect, it } from 'vitest';
import { TokenBuckets } from './token-buckets.ts';

const policy = { burst: 3, refillMs: 1000 };

it('gives a burst at once, then one per interval, to each key of its own', () => {
  const buckets = new TokenBuckets(policy);
  const takes = (now: number, key = 'a') => [1, 2, 3, 4].map(() => buckets.take(key, now));
  expect(takes(0)).toEqual([true, true, true, false]);
  expect(takes(999)).toEqual([false, false, false, false]);
  expect(takes(2000)).toEqual([true, true, false, false]);
  expect(takes(2000, 'b')).toEqual([true, true, true, false]);
  expect(takes(1e9)).toEqual([true, true, true, false]);
});

it('keeps only so many keys, and forgets the one unused for longest', () => {
  const buckets = new TokenBuckets(policy, 2);
  for (const key of ['a', 'a', 'a', 'b', 'b', 'b']) buckets.take(key, 0);
  buckets.take('a', 0);
  buckets.take('c', 0);
  expect([buckets.take('a', 0), buckets.take('b', 0)]).toEqual([false, true]);
});
