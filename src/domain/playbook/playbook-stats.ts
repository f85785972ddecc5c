import type { PlaybookStats, RepairPlaybookStatus } from '../../crds/repairplaybook/status.ts';
import { canonicalJson } from '../rule/canonical-json.ts';
import type { Bound } from './trust.ts';

/** What the figures of a playbook are made of. */
export interface Tried {
  readonly attempts: number;
  readonly successes: number;
  /** 0 where none was measured. */
  readonly recentSeconds: readonly number[];
  /** Newest first. */
  readonly lastOutcomes: PlaybookStats['lastOutcomes'];
}

const MOST_OUTCOMES = 10;

/** The figures as they are shown. The lower bound is rounded down: what is below 0.6 never reads 0.6. */
export function playbookStats({ attempts, successes, recentSeconds, lastOutcomes }: Tried, bound: Bound, now: Date): PlaybookStats {
  const measured = recentSeconds.filter(seconds => seconds > 0);
  const mean = measured.length === 0 ? 0 : measured.reduce((sum, seconds) => sum + seconds, 0) / measured.length;
  return {
    attempts,
    successes,
    successRate: attempts === 0 ? 0 : rounded(successes / attempts, 4),
    lowerBound: Math.floor(bound.lowerBound * 10_000) / 10_000,
    effectiveN: rounded(bound.effectiveN, 1),
    avgExecutionSeconds: rounded(mean, 1),
    lastOutcomes: lastOutcomes.slice(0, MOST_OUTCOMES),
    asOf: now.toISOString(),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

const PACE_MS = 30_000;

export type Paced =
  /** The figures that shall stand: those that stand already, where nothing has happened. */
  | { readonly is: 'due'; readonly stats: PlaybookStats }
  /** There is something new, but the last figures are too young to be replaced. */
  | { readonly is: 'early'; readonly waitMs: number };

export interface Pacing {
  readonly before: RepairPlaybookStatus | undefined;
  readonly wanted: PlaybookStats;
  /** Trust, or why it stands as it does, has changed. */
  readonly turned: boolean;
  /** Something else makes a write anyhow, or one must not wait: figures that have changed go with it. */
  readonly written: boolean;
  readonly now: Date;
}

/**
 * Figures change with an outcome or with trust, and at most every 30 seconds; in between they stay as they were taken, though proof fades a little
 * by the hour: thousands of playbooks at rest cost no write. A quarantine does not wait.
 */
export function pacedStats({ before, wanted, turned, written, now }: Pacing): Paced {
  const stood = before?.stats;
  if (!stood) return { is: 'due', stats: wanted };
  if (!turned && sameOutcomes(stood, wanted)) return { is: 'due', stats: stood };
  const ageMs = now.getTime() - Date.parse(stood.asOf ?? '');
  // Of a clock that was ahead, or of another version, nothing is waited for.
  const young = ageMs >= 0 && ageMs < PACE_MS;
  return written || !young ? { is: 'due', stats: wanted } : { is: 'early', waitMs: PACE_MS - ageMs };
}

function sameOutcomes(a: PlaybookStats, b: PlaybookStats): boolean {
  return canonicalJson(outcomesOf(a)) === canonicalJson(outcomesOf(b));
}

function outcomesOf({ attempts, successes, lastOutcomes }: PlaybookStats): object {
  return { attempts, successes, lastOutcomes };
}
