import { describe, expect, it } from 'vitest';
import { playbookRecord, type Ran, ran } from '../../../test/builders/playbook-record.ts';
import { uniformPrior } from '../../../test/builders/uniform-prior.ts';
import type { RepairPlaybookStatus } from '../../crds/repairplaybook/status.ts';
import { type TrustDecision, trustOf } from './trust.ts';

const NOW = new Date('2026-03-29T12:00:00Z');
const DAY_MS = 86_400_000;

interface Given {
  readonly before?: RepairPlaybookStatus;
  readonly release?: string;
  readonly steps?: string;
  /** How long after the runs were reckoned it is looked at. */
  readonly days?: number;
}

function judged(runs: readonly Ran[], { before, release, steps = 'restart', days = 0 }: Given = {}): TrustDecision {
  const now = new Date(NOW.getTime() + days * DAY_MS);
  return trustOf({ record: playbookRecord(runs, NOW), steps, before, release, boundOf: uniformPrior, now });
}

it.each<readonly [name: string, runs: readonly Ran[], because: TrustDecision['because'], trust: TrustDecision['trust']]>([
  ['never ran', [], 'TooFewRuns', 'Candidate'],
  ['four of four', ran(4, true), 'TooFewRuns', 'Candidate'],
  ['five of five of one day', ran(5, true), 'Proven', 'Trusted'],
  ['five of five long ago', ran(5, true, 240), 'TooFewRuns', 'Candidate'],
  ['six of seven', [...ran(3, true), [false, 5], ...ran(3, true, 6)], 'TooUncertain', 'Candidate'],
  ['fourteen of fifteen', [...ran(3, true), [false, 5], ...ran(11, true, 6)], 'Proven', 'Trusted'],
  ['two failures in a row', [...ran(2, false), ...ran(28, true, 3)], 'Proven', 'Trusted'],
  ['three failures in a row', [...ran(3, false), ...ran(97, true, 4)], 'ThreeFailuresInARow', 'Quarantined'],
  ['three in a row and a success since', [[true, 1], ...ran(3, false, 2), ...ran(90, true, 5)], 'ThreeFailuresInARow', 'Quarantined'],
  ['three failures with a success between', [[false, 1], [true, 2], ...ran(2, false, 3), ...ran(90, true, 5)], 'Proven', 'Trusted'],
  [
    'a bound that fell',
    [
      [false, 1],
      [true, 2],
      [false, 3],
      [true, 4],
      [false, 5],
      [true, 6],
    ],
    'LowerBoundFell',
    'Quarantined',
  ],
  [
    'a bound that fell, whatever has helped since',
    Array.from('ssssssfsfsfs', (each, i): Ran => [each === 's', i + 1]),
    'LowerBoundFell',
    'Quarantined',
  ],
  [
    'the same of too few runs',
    [
      [false, 1],
      [true, 2],
      [false, 3],
    ],
    'TooFewRuns',
    'Candidate',
  ],
])('%s', (_, runs, because, trust) => {
  expect(judged(runs)).toMatchObject({ because, trust, status: { trust } });
});

describe('time', () => {
  it('takes trust away and never quarantines', () => {
    const runs = [...ran(3, true), [false, 4] as const, ...ran(9, true, 5)];
    const before = { trust: judged(runs).trust };
    expect(before.trust).toBe('Trusted');
    for (const days of [0, 10, 20, 40, 80, 160, 320, 1_000])
      expect([days, judged(runs, { before, days }).trust]).toEqual([days, days <= 20 ? 'Trusted' : 'Candidate']);
  });

  it('quarantines nothing together with a success either', () => {
    // Twelve of twenty was just enough when it last failed; a month later the same lies below, also with a success more.
    const then = Array.from('fsfssfsfssfsfssfsfss', (each, i): Ran => [each === 's', 30 * 24 + i]);
    const decided = judged([[true, 0.01], ...then], { before: { trust: 'Trusted' } });
    expect(decided.bound.lowerBound).toBeLessThan(0.4);
    expect(decided.because).toBe('TooUncertain');
    expect(judged([[false, 0.01], ...then], { before: { trust: 'Trusted' } }).because).toBe('LowerBoundFell');
  });

  it('does not end a quarantine', () => {
    const before = { trust: 'Quarantined' as const };
    for (const days of [0, 400])
      expect(judged(ran(30, true), { before, days })).toMatchObject({ because: 'StillQuarantined', trust: 'Quarantined' });
  });
});

describe('a release', () => {
  const runs = [...ran(3, false), ...ran(6, true, 4)];
  const before = { trust: 'Quarantined', lastHandledRelease: 'monday' } as const;

  it('by a new value forgives the failures until now', () => {
    const decided = judged(runs, { before, release: 'tuesday' });
    expect(decided).toMatchObject({
      released: true,
      because: 'Proven',
      status: { lastHandledRelease: 'tuesday', releasedAt: NOW.toISOString() },
    });
    expect(decided.status.forgivenFailures).toBeCloseTo(3, 1);
    expect(decided.bound.effectiveN).toBeCloseTo(6, 1);
  });

  it('counts what fails afterwards, and that alone', () => {
    const { status } = judged(runs, { before, release: 'tuesday' });
    const later = (failures: number): Ran[] => [...ran(failures, false, -failures), ...runs];
    const at = (failures: number) => judged(later(failures), { before: { ...status }, release: 'tuesday', days: 0.5 });
    expect([at(0), at(2), at(3)].map(({ because }) => because)).toEqual(['Proven', 'TooUncertain', 'ThreeFailuresInARow']);
    expect(at(2).bound.effectiveN).toBeCloseTo(8, 0);
  });

  it('of one playbook forgives nothing to the steps that it has later', () => {
    const { status } = judged(runs, { before, release: 'tuesday' });
    const fails = ran(3, false, -3);
    expect(judged(fails, { before: { ...status }, steps: 'scale up' }).because).toBe('ThreeFailuresInARow');
    expect(judged([[false, -1]], { before: { ...status }, steps: 'scale up', days: 0.5 }).bound.effectiveN).toBeCloseTo(1, 1);
    expect(judged(runs, { before: { ...status }, release: 'tuesday' }).because).toBe('Proven');
  });

  it.each([
    ['of the same value', { trust: 'Quarantined', lastHandledRelease: 'monday' }, 'monday'],
    ['that nobody asked for', { trust: 'Quarantined', lastHandledRelease: 'monday' }, undefined],
  ] as const)('%s changes nothing', (_, stood, release) => {
    const decided = judged(runs, { before: stood, ...(release !== undefined && { release }) });
    expect([decided.trust, decided.released, decided.status]).toEqual(['Quarantined', false, { trust: 'Quarantined' }]);
  });

  it('before there is a quarantine is noted and used up', () => {
    const early = judged(ran(6, true), { release: 'monday' });
    expect([early.released, early.status]).toEqual([false, { trust: 'Trusted', lastHandledRelease: 'monday' }]);
    expect(judged(runs, { before: early.status, release: 'monday' }).trust).toBe('Quarantined');
  });

  it('does not come with an object that was made anew from a file', () => {
    const fresh = judged(runs, { release: 'monday' });
    expect([fresh.trust, fresh.released]).toEqual(['Quarantined', false]);
  });
});
