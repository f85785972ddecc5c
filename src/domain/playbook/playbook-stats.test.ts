import { describe, expect, it } from 'vitest';
import type { PlaybookStats } from '../../crds/repairplaybook/status.ts';
import { type Pacing, pacedStats, playbookStats, type Tried } from './playbook-stats.ts';

const NOW = new Date('2026-03-29T12:00:00Z');
const before = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);

const outcome = (n: number) => ({ run: `run-${n}`, success: true, time: NOW.toISOString() });
const tried = (attempts: number): Tried => ({
  attempts,
  successes: attempts - 1,
  recentSeconds: [10, 0, 21],
  lastOutcomes: Array.from({ length: 12 }, (_, n) => outcome(n)),
});
const stats = (attempts: number, at = NOW): PlaybookStats => playbookStats(tried(attempts), { lowerBound: 0.59999, effectiveN: 4.96 }, at);

describe('the figures', () => {
  it('are shown to a few digits, and never better than they are', () => {
    expect(stats(3)).toMatchObject({
      attempts: 3,
      successes: 2,
      successRate: 0.6667,
      lowerBound: 0.5999,
      effectiveN: 5,
      avgExecutionSeconds: 15.5,
    });
    expect(stats(3).lastOutcomes).toHaveLength(10);
  });

  it('are zeros of what was never tried', () => {
    const never = { attempts: 0, successes: 0, recentSeconds: [], lastOutcomes: [] };
    expect(playbookStats(never, { lowerBound: 0.05, effectiveN: 0 }, NOW)).toMatchObject({ successRate: 0, avgExecutionSeconds: 0 });
  });
});

describe('they are replaced', () => {
  const pace = (over: Partial<Pacing>) =>
    pacedStats({ before: { stats: stats(3, before(10)) }, wanted: stats(4), turned: false, written: false, now: NOW, ...over });

  it.each<readonly [name: string, over: Partial<Pacing>, expected: ReturnType<typeof pacedStats>]>([
    ['where there were none', { before: undefined }, { is: 'due', stats: stats(4) }],
    ['not sooner than 30 s after the last', {}, { is: 'early', waitMs: 20_000 }],
    ['30 s after the last', { before: { stats: stats(3, before(30)) } }, { is: 'due', stats: stats(4) }],
    ['with what is written anyhow', { written: true }, { is: 'due', stats: stats(4) }],
    ['not where nothing happened, however they fade', { wanted: stats(3) }, { is: 'due', stats: stats(3, before(10)) }],
    ['after a turn of trust, in 30 s', { wanted: stats(3), turned: true }, { is: 'early', waitMs: 20_000 }],
    ['at once where the clock was set back', { before: { stats: stats(3, before(-500)) } }, { is: 'due', stats: stats(4) }],
    ['at once where no time is known', { before: { stats: { ...stats(3), asOf: undefined } } }, { is: 'due', stats: stats(4) }],
  ])('%s', (_, over, expected) => {
    expect(pace(over)).toEqual(expected);
  });
});
