import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betaQuantile } from './beta-quantile.ts';

const EXACT = 1e-9;

function off(given: number, expected: number): number {
  return Math.abs(given - expected);
}

describe('the quantile of a beta distribution, to 1e-9', () => {
  /** By 40 digits of an arbitrary-precision library, halving over its regularized incomplete beta function. */
  it.each([
    [0.05, 6, 1, 0.606962231002917],
    [0.05, 2.5, 1.5, 0.235534041442622],
    [0.05, 4.8, 3.2, 0.316468614373278],
    [0.05, 0.5, 0.5, 0.00615582970243114],
    [0.5, 0.7, 3.3, 0.121028415100868],
    [0.05, 12.34, 5.67, 0.498226452685918],
    [0.95, 12.34, 5.67, 0.848135495920606],
    [0.025, 18.5, 2.5, 0.716146742695748],
    [0.975, 18.5, 2.5, 0.978627511977525],
    [0.05, 621, 381, 0.594410814918969],
    [0.05, 1234.5, 678.9, 0.627113215178387],
    [0.001, 0.3, 0.2, 1.66389594264598e-9],
    [0.999, 0.3, 0.2, 0.999999999999991],
    [0.05, 0.05, 12, 1.32348898008484e-23],
    [0.95, 0.05, 12, 0.0228013798992726],
    [0.05, 30.25, 0.75, 0.920668887819521],
    [0.000001, 7.5, 2.25, 0.114552606360607],
    [0.999999, 7.5, 2.25, 0.999596721023209],
  ])('share %d of Beta(%d, %d): %d', (p, a, b, expected) => {
    expect(off(betaQuantile(p, a, b), expected)).toBeLessThan(EXACT);
  });

  /** The two-sided 5 % points of Student's t with n degrees of freedom, as printed: n / (n + t²) is the 5 % quantile of Beta(n/2, 1/2). */
  it.each([
    [1, 12.706204736432095],
    [2, 4.302652729911275],
    [10, 2.2281388519649385],
    [20, 2.0859634472658364],
  ])("Student's t with %d degrees of freedom: %d", (n, t) => {
    expect(off(betaQuantile(0.05, n / 2, 0.5), n / (n + t * t))).toBeLessThan(EXACT);
  });

  it('agrees with closed forms, however extreme', () => {
    for (const p of [1e-80, 1e-6, 0.05, 0.3, 0.5, 0.95, 1 - 1e-6]) {
      for (const n of [0.001, 0.05, 0.5, 1, 3.7, 40, 1_000, 1e6]) {
        expect(off(betaQuantile(p, n, 1), p ** (1 / n))).toBeLessThan(EXACT);
        expect(off(betaQuantile(p, 1, n), -Math.expm1(Math.log1p(-p) / n))).toBeLessThan(EXACT);
      }
      expect(off(betaQuantile(p, 0.5, 0.5), Math.sin((Math.PI * p) / 2) ** 2)).toBeLessThan(EXACT);
      for (const n of [0.01, 0.5, 2, 17.5, 5_000]) expect(off(betaQuantile(0.5, n, n), 0.5)).toBeLessThan(EXACT);
    }
  });

  it('agrees with exact sums of binomials, for whole numbers', () => {
    for (const [percent, p] of [
      [1n, 0.01],
      [5n, 0.05],
      [50n, 0.5],
      [95n, 0.95],
    ] as const) {
      for (let a = 1; a <= 25; a += 3) {
        for (let b = 1; b <= 25; b += 4) {
          const x = BigInt(Math.round(betaQuantile(p, a, b) * 1e12));
          expect(isBelow(x - 1_001n, a, b, percent), `${p} ${a} ${b}`).toBe(true);
          expect(isBelow(x + 1_001n, a, b, percent), `${p} ${a} ${b}`).toBe(false);
        }
      }
    }
  });

  it.each([
    [-0.1, 1, 1],
    [1.1, 1, 1],
    [Number.NaN, 1, 1],
    [0.5, 0, 1],
    [0.5, 1, -1],
    [0.5, Number.NaN, 1],
    [0.5, 1, Number.POSITIVE_INFINITY],
  ])('is none for p = %d, a = %d, b = %d', (p, a, b) => {
    expect(() => betaQuantile(p, a, b)).toThrow(RangeError);
  });

  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const shape = fc.double({ min: 0.01, max: 2_000, noNaN: true });

  it('lies in 0 to 1, and grows with the share, with a, and against b', () => {
    fc.assert(
      fc.property(share, share, shape, shape, fc.double({ min: 0, max: 50, noNaN: true }), (p, other, a, b, more) => {
        const x = betaQuantile(p, a, b);
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(1);
        expect(betaQuantile(Math.max(p, other), a, b)).toBeGreaterThanOrEqual(betaQuantile(Math.min(p, other), a, b) - EXACT);
        expect(betaQuantile(p, a + more, b)).toBeGreaterThanOrEqual(x - EXACT);
        expect(betaQuantile(p, a, b + more)).toBeLessThanOrEqual(x + EXACT);
      }),
    );
  });

  it('mirrors where a and b change places', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1024 }), shape, shape, (of1024, a, b) => {
        const p = of1024 / 1024; // 1 - p is exact
        expect(off(betaQuantile(p, a, b), 1 - betaQuantile(1 - p, b, a))).toBeLessThan(EXACT);
      }),
    );
  });
});

const ONE = 10n ** 12n;

/** Whether Beta(a, b) has less than so many percent below x, which is in units of 1e-12: in whole numbers, without rounding. */
function isBelow(x: bigint, a: number, b: number, percent: bigint): boolean {
  if (x <= 0n) return true;
  if (x >= ONE) return false;
  const n = a + b - 1;
  let choose = 1n;
  let sum = 0n;
  for (let j = 0; j <= n; j += 1) {
    if (j >= a) sum += choose * x ** BigInt(j) * (ONE - x) ** BigInt(n - j);
    choose = (choose * BigInt(n - j)) / BigInt(j + 1);
  }
  return 100n * sum < percent * ONE ** BigInt(n);
}
