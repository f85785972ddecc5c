import type { RepairPlaybookStatus, Trust } from '../../crds/repairplaybook/status.ts';
import type { DecayedCounts, PlaybookRecord } from '../ports/learning-repository.ts';
import { isEnough, isProven } from '../learning/authorisation.ts';
import { countsAt, weightOf } from '../outcomes/decay.ts';

/** What verified runs show: the rate of success is above `lowerBound` with a probability of 95 %, and so many runs stand behind that. */
export interface Bound {
  readonly lowerBound: number;
  readonly effectiveN: number;
}

/** What these counts show of a playbook as of `now`, with what is known of its action elsewhere as prior. */
export type BoundOf = (counts: DecayedCounts, now: Date) => Bound;

export type TrustReason = 'Proven' | 'TooFewRuns' | 'TooUncertain' | 'ThreeFailuresInARow' | 'LowerBoundFell' | 'StillQuarantined';

type TrustStatus = Pick<RepairPlaybookStatus, 'trust' | 'releasedAt' | 'forgivenFailures' | 'releasedSteps' | 'lastHandledRelease'>;

export interface TrustDecision {
  readonly trust: Trust;
  readonly because: TrustReason;
  /** As of now. */
  readonly bound: Bound;
  /** Whether a person has ended its quarantine just now. */
  readonly released: boolean;
  readonly status: TrustStatus;
}

export interface Trusting {
  readonly record: PlaybookRecord;
  /** Identifies what it does: the record is of these steps alone. */
  readonly steps: string;
  readonly before: TrustStatus | undefined;
  /** The annotation awoooi.io/end-quarantine. */
  readonly release: string | undefined;
  readonly boundOf: BoundOf;
  readonly now: Date;
}

/** Below this the lower bound of a playbook with as many runs as it takes to be proven ends its use. */
const LOST = 0.4;
const FAILURES_IN_A_ROW = 3;

/**
 * Candidate until its verified runs prove it, Quarantined once they speak against it, and then until a person says otherwise. Time alone takes
 * trust away, since proof fades, and never quarantines: that needs a failure that counts. Other steps begin as a Candidate, and out of a quarantine no
 * edit leads.
 */
export function trustOf({ record, steps, before = {}, release, boundOf, now }: Trusting): TrustDecision {
  const asked = release !== undefined && release !== before.lastHandledRelease;
  const released = asked && before.trust === 'Quarantined';
  const since = released ? { at: now, forgiven: countsAt(record.verified, now).failures } : sinceOf(before, steps);
  const bound = boundOf(forgiving(countsAt(record.verified, now), since), now);
  const because = before.trust === 'Quarantined' && !released ? 'StillQuarantined' : (lossOf(record, since, boundOf) ?? proofOf(bound));
  const trust = TRUST_BY[because];
  return {
    trust,
    because,
    bound,
    released,
    status: {
      trust,
      ...(released && { releasedAt: now.toISOString(), forgivenFailures: since.forgiven, releasedSteps: steps }),
      ...(asked && { lastHandledRelease: release }),
    },
  };
}

const TRUST_BY: Readonly<Record<TrustReason, Trust>> = {
  Proven: 'Trusted',
  TooFewRuns: 'Candidate',
  TooUncertain: 'Candidate',
  ThreeFailuresInARow: 'Quarantined',
  LowerBoundFell: 'Quarantined',
  StillQuarantined: 'Quarantined',
};

/** When a person last ended a quarantine, and what the failures weighed then that no longer count. */
interface Since {
  readonly at: Date;
  readonly forgiven: number;
}

function sinceOf({ releasedAt, forgivenFailures = 0, releasedSteps }: TrustStatus, steps: string): Since {
  const at = Date.parse(releasedAt ?? '');
  // What other steps were forgiven would hide failures of these.
  return Number.isNaN(at) || (releasedSteps ?? steps) !== steps
    ? { at: new Date(0), forgiven: 0 }
    : { at: new Date(at), forgiven: forgivenFailures };
}

function forgiving({ successes, failures, asOf }: DecayedCounts, { at, forgiven }: Since): DecayedCounts {
  return { successes, failures: Math.max(0, failures - forgiven * weightOf(at, asOf)), asOf };
}

function proofOf(bound: Bound): TrustReason {
  if (!isEnough(bound)) return 'TooFewRuns';
  return isProven(bound) ? 'Proven' : 'TooUncertain';
}

/** Why it is quarantined, looked for in all that is remembered, so that it is the same however seldom anybody looked. */
function lossOf(record: PlaybookRecord, since: Since, boundOf: BoundOf): TrustReason | undefined {
  const outcomes = record.lastOutcomes.filter(({ at }) => at > since.at);
  if (failedInARow(outcomes)) return 'ThreeFailuresInARow';
  const failed = outcomes.findIndex(({ success }) => !success);
  const failure = outcomes[failed];
  if (!failure) return undefined;
  const then = boundOf(forgiving(countsUpTo(record, { at: failure.at, newer: outcomes.slice(0, failed) }), since), failure.at);
  return isEnough(then) && then.lowerBound < LOST ? 'LowerBoundFell' : undefined;
}

function failedInARow(outcomes: PlaybookRecord['lastOutcomes']): boolean {
  let row = 0;
  for (const { success } of outcomes) {
    row = success ? 0 : row + 1;
    if (row === FAILURES_IN_A_ROW) return true;
  }
  return false;
}

/** As they stood right after the newest failure, before the successes that came since: no success and no lapse of time speaks against it. */
function countsUpTo(
  { verified }: PlaybookRecord,
  { at, newer }: { readonly at: Date; readonly newer: PlaybookRecord['lastOutcomes'] },
): DecayedCounts {
  const then = countsAt(verified, at);
  const since = newer.reduce((sum, success) => sum + weightOf(success.at, at), 0);
  return { ...then, successes: Math.max(0, then.successes - since) };
}
