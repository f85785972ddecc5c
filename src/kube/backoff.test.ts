import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BackoffPolicy, backoffMs, jittered } from './backoff.ts';

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const policies: fc.Arbitrary<BackoffPolicy> = fc
  .record({
    baseMs: fc.integer({ min: 1, max: 10_000 }),
    times: fc.integer({ min: 1, max: 10_000 }),
    jitter: fc.double({ min: 0, max: 0.9, noNaN: true }),
  })
  .map(({ baseMs, times, jitter }) => ({ baseMs, capMs: baseMs * times, jitter }));

const middle = () => 0.5;

describe('backoffMs', () => {
  it('stays within the jitter around the exponential, and under the cap, for any attempt', () => {
    fc.assert(
      fc.property(policies, fc.nat({ max: 5000 }), unit, (policy, attempt, random) => {
        const wait = backoffMs(policy, attempt, () => random);
        const plain = Math.min(policy.capMs, policy.baseMs * 2 ** attempt);
        expect(wait).toBeGreaterThanOrEqual(plain * (1 - policy.jitter) - 1e-6);
        expect(wait).toBeLessThanOrEqual(plain * (1 + policy.jitter) + 1e-6);
        expect(wait).toBeLessThanOrEqual(policy.capMs * (1 + policy.jitter) + 1e-6);
      }),
    );
  });

  it('never shrinks from one attempt to the next, and doubles until the cap', () => {
    fc.assert(
      fc.property(policies, fc.nat({ max: 60 }), (policy, attempt) => {
        const [now, next] = [backoffMs(policy, attempt, middle), backoffMs(policy, attempt + 1, middle)];
        expect(next).toBeCloseTo(Math.min(policy.capMs, 2 * now), 3);
      }),
    );
  });

  it('waits 500 ms, 1 s, 2 s … 5 min by the policy of the work queue', () => {
    const policy = { baseMs: 500, capMs: 300_000, jitter: 0.2 };
    expect([0, 1, 2, 9, 10, 100].map(attempt => backoffMs(policy, attempt, middle))).toEqual([500, 1000, 2000, 256_000, 300_000, 300_000]);
    expect(backoffMs(policy, 0, () => 0)).toBeCloseTo(400);
  });
});

it('spreads evenly around the value', () => {
  expect([0, 0.25, 0.75].map(random => Math.round(jittered(100, 0.2, () => random)))).toEqual([80, 90, 110]);
});
