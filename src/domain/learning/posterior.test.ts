import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEARNED_AT, verifiedNow } from '../../../test/builders/action-record.ts';
import type { ActionTotals } from '../ports/learning-repository.ts';
import { HALF_LIFE_MS } from '../outcomes/decay.ts';
import { type Counts, decayed, elsewhere, NO_COUNTS, NOTHING_ELSEWHERE, posterior } from './posterior.ts';

const later = (ms: number) => new Date(LEARNED_AT.getTime() + ms);
const NOISE = 1e-9;
const countsOf = ([successes, failures]: readonly [number, number]): Counts => ({ successes, failures });
const total = (action: string, anomalyClass: string | undefined, successes: number, failures: number): ActionTotals => ({
  action,
  ...(anomalyClass !== undefined && { anomalyClass }),
  verified: verifiedNow(successes, failures),
});

describe('counts', () => {
  it('halve every 30 days, and are not blown up by a clock that is behind', () => {
    const counts = verifiedNow(8, 4);
    expect(decayed(counts, LEARNED_AT)).toEqual({ successes: 8, failures: 4 });
    expect(decayed(counts, later(HALF_LIFE_MS))).toEqual({ successes: 4, failures: 2 });
    expect(decayed(counts, later(3 * HALF_LIFE_MS))).toEqual({ successes: 1, failures: 0.5 });
    expect(decayed(counts, later(-HALF_LIFE_MS))).toEqual({ successes: 8, failures: 4 });
    expect(HALF_LIFE_MS).toBe(30 * 86_400_000);
  });
});

describe('what verified outcomes show', () => {
  it.each<[name: string, own: [number, number], inClass: [number, number], inOthers: [number, number], mean: number, lowerBound: number]>([
    // The quantiles of Beta(1, 1), (6, 1), (4, 3), (7, 5): of 5 of 5 it is 0.05^(1/6).
    ['nothing at all is Beta(1, 1)', [0, 0], [0, 0], [0, 0], 1 / 2, 0.05],
    ['five of five just pass', [5, 0], [0, 0], [0, 0], 6 / 7, 0.6069622310029172],
    ['three of five do not', [3, 2], [0, 0], [0, 0], 4 / 7, 0.2713383725],
    ['six of ten do not', [6, 4], [0, 0], [0, 0], 7 / 12, 0.3498115346],
    // Beta(1 + 1, 1): one success elsewhere counts as one.
    ['one success in the class', [0, 0], [1, 0], [0, 0], 2 / 3, 0.2236067977],
    ['one success in another class', [0, 0], [0, 0], [1, 0], 2 / 3, 0.2236067977],
    // Elsewhere (1 + 9) / (2 + 10), weighing four and no more: Beta(10/3, 2/3).
    ['ten outcomes in other classes weigh four', [0, 0], [0, 0], [9, 1], 5 / 6, 0.4841357569],
    // The class at 4 × 1/2 + 38 of 4 + 38: it outweighs other classes, and weighs four itself.
    ['a class speaks louder than others', [0, 0], [38, 0], [50, 50], 40 / 42, 0.7482178124],
  ])('%s', (_, [s, f], inClass, inOthers, mean, lowerBound) => {
    const shown = posterior(verifiedNow(s, f), { inClass: countsOf(inClass), inOthers: countsOf(inOthers) }, LEARNED_AT);
    expect(shown.mean).toBeCloseTo(mean, 12);
    expect(shown.lowerBound).toBeCloseTo(lowerBound, 9);
    expect(shown.effectiveN).toBe(s + f);
  });

  it('fades: what was proven two months ago is not proven now', () => {
    const then = verifiedNow(10, 0);
    const now = posterior(then, NOTHING_ELSEWHERE, later(2 * HALF_LIFE_MS));
    expect(now.effectiveN).toBe(2.5);
    expect(now.lowerBound).toBeLessThan(posterior(then, NOTHING_ELSEWHERE, LEARNED_AT).lowerBound);
  });

  const some = fc.double({ min: 0, max: 200, noNaN: true });
  const counts = fc.record({ successes: some, failures: some });

  it('lies between 0 and 1; a success more, here or elsewhere, never lowers it, and a failure more never raises it', () => {
    fc.assert(
      fc.property(counts, counts, counts, (own, inClass, inOthers) => {
        const show = (change: Partial<Counts>, inClassToo: Partial<Counts> = {}, inOthersToo: Partial<Counts> = {}) =>
          posterior(
            { ...own, ...change, asOf: LEARNED_AT },
            { inClass: { ...inClass, ...inClassToo }, inOthers: { ...inOthers, ...inOthersToo } },
            LEARNED_AT,
          );
        const as = show({});
        expect(as.lowerBound).toBeGreaterThanOrEqual(0);
        expect(as.lowerBound).toBeLessThanOrEqual(1);
        expect(as.mean).toBeGreaterThan(0);
        expect(as.mean).toBeLessThan(1);
        const better = show({ successes: own.successes + 1 });
        const worse = show({ failures: own.failures + 1 });
        expect(better.mean).toBeGreaterThanOrEqual(as.mean - NOISE);
        expect(better.lowerBound).toBeGreaterThanOrEqual(as.lowerBound - NOISE);
        expect(worse.mean).toBeLessThanOrEqual(as.mean + NOISE);
        expect(worse.lowerBound).toBeLessThanOrEqual(as.lowerBound + NOISE);
        expect(show({}, { successes: inClass.successes + 1 }).mean).toBeGreaterThanOrEqual(as.mean - NOISE);
        expect(show({}, { failures: inClass.failures + 1 }).mean).toBeLessThanOrEqual(as.mean + NOISE);
        expect(show({}, {}, { successes: inOthers.successes + 1 }).mean).toBeGreaterThanOrEqual(as.mean - NOISE);
        expect(show({}, {}, { failures: inOthers.failures + 1 }).mean).toBeLessThanOrEqual(as.mean + NOISE);
      }),
    );
  });
});

describe('what was seen elsewhere', () => {
  const of = { action: 'rollback', own: verifiedNow(3, 1), anomalyClass: 'A/Deployment' };
  const totals = [
    total('restart_pod', undefined, 99, 99),
    total('rollback', 'A/Deployment', 5, 2),
    total('rollback', 'B/Deployment', 7, 7),
    total('rollback', undefined, 20, 10),
  ];

  it.each<[string, Partial<typeof of> | { anomalyClass: undefined }, readonly ActionTotals[], ReturnType<typeof elsewhere>]>([
    ['leaves out its own', {}, totals, { inClass: { successes: 2, failures: 1 }, inOthers: { successes: 15, failures: 8 } }],
    ['without a class', { anomalyClass: undefined }, totals, { inClass: NO_COUNTS, inOthers: { successes: 17, failures: 9 } }],
    ['a class nobody knows', { anomalyClass: 'C/Pod' }, totals, { inClass: NO_COUNTS, inOthers: { successes: 17, failures: 9 } }],
    ['without totals', {}, [], NOTHING_ELSEWHERE],
    ['totals older than its own counts', {}, [total('rollback', undefined, 2, 0)], NOTHING_ELSEWHERE],
    ['an action nobody else took', { action: 'scale_up' }, totals, NOTHING_ELSEWHERE],
  ])('%s', (_, change, given, expected) => {
    expect(elsewhere({ ...of, ...change }, given, LEARNED_AT)).toEqual(expected);
  });

  it('fades as all else does', () => {
    const { inOthers } = elsewhere({ ...of, own: verifiedNow(0, 0) }, totals, later(HALF_LIFE_MS));
    expect(inOthers).toEqual({ successes: 7.5, failures: 4 });
  });
});
