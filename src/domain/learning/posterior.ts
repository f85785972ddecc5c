import type { ActionTotals, DecayedCounts } from '../ports/learning-repository.ts';
import { countsAt } from '../outcomes/decay.ts';
import { betaQuantile } from './beta-quantile.ts';

/** How many outcomes what was seen elsewhere weighs, at most. */
const PRIOR_WEIGHT = 4;
/** Beta(1, 1), every rate being as likely as any other, weighs two. */
const ROOT_WEIGHT = 2;
const LOWER_SHARE = 0.05;

/** What repairs show of an action's rate of success, as of a time. */
export interface Posterior {
  readonly mean: number;
  /** The rate is higher with a probability of 95 %. */
  readonly lowerBound: number;
  /** How many outcomes of its own stand behind it, each counting the less the older it is. */
  readonly effectiveN: number;
}

export interface Counts {
  readonly successes: number;
  readonly failures: number;
}

/** Verified outcomes of the same action elsewhere, as of now. */
export interface Elsewhere {
  /** Of other anomalies of the class. */
  readonly inClass: Counts;
  /** Of other classes. */
  readonly inOthers: Counts;
}

export const NO_COUNTS: Counts = { successes: 0, failures: 0 };
export const NOTHING_ELSEWHERE: Elsewhere = { inClass: NO_COUNTS, inOthers: NO_COUNTS };

/** Counts as of `now`: halved every 30 days. What was counted by a clock ahead of this one is not blown up. */
export function decayed(counts: DecayedCounts, now: Date): Counts {
  const { successes, failures } = countsAt(counts, now > counts.asOf ? now : counts.asOf);
  return { successes, failures };
}

/**
 * The rate of success that verified outcomes show: the Beta-Bernoulli model (contracts, section 7.4; intervals of Brown, Cai and DasGupta,
 * Statistical Science 16(2), 2001), whose prior comes from the same action elsewhere, class by class (hierarchical, after Wang et al.,
 * Online IT Ticket Automation Recommendation Using Hierarchical Multi-armed Bandit Algorithms).
 *
 * Other classes speak first, from Beta(1, 1). Their mean is the prior of the other anomalies of the class, and the mean of these the prior of
 * the anomaly. A prior weighs min(4, 2 + the outcomes behind it): with none it is Beta(1, 1) itself, so that five of five just pass 0.6.
 */
export function posterior(own: DecayedCounts, { inClass, inOthers }: Elsewhere, now: Date): Posterior {
  const counts = decayed(own, now);
  const others = sum(inOthers);
  const overall = (1 + inOthers.successes) / (ROOT_WEIGHT + others);
  const ofClass = updated(overall, Math.min(PRIOR_WEIGHT, ROOT_WEIGHT + others), inClass);
  const weight = Math.min(PRIOR_WEIGHT, ROOT_WEIGHT + others + sum(inClass));
  const prior = ofClass.a / (ofClass.a + ofClass.b);
  const { a, b } = updated(prior, weight, counts);
  return { mean: a / (a + b), lowerBound: betaQuantile(LOWER_SHARE, a, b), effectiveN: sum(counts) };
}

function updated(mean: number, weight: number, { successes, failures }: Counts) {
  return { a: mean * weight + successes, b: (1 - mean) * weight + failures };
}

function sum({ successes, failures }: Counts): number {
  return successes + failures;
}

/** All verified outcomes of one anomaly or playbook, and what they are compared with. */
export interface Own {
  readonly action: string;
  readonly own: DecayedCounts;
  readonly anomalyClass: string | undefined;
}

/**
 * What verified outcomes show of an action where it was tried, with those elsewhere as prior. `counted` are those of its own that count, where some do
 * not: they are no one else's for that, and come back by no prior.
 */
export function posteriorAmong(of: Own & { readonly counted?: DecayedCounts }, totals: readonly ActionTotals[], now: Date): Posterior {
  return posterior(of.counted ?? of.own, elsewhere(of, totals, now), now);
}

/** What of the totals is not the anomaly's own, so that no outcome counts twice. An anomaly without a class has no others of its class. */
export function elsewhere(of: Own, totals: readonly ActionTotals[], now: Date): Elsewhere {
  const own = decayed(of.own, now);
  const total = (anomalyClass: string | undefined) => {
    const found = totals.find(one => one.action === of.action && one.anomalyClass === anomalyClass);
    return found ? decayed(found.verified, now) : NO_COUNTS;
  };
  const ofClass = of.anomalyClass === undefined ? NO_COUNTS : total(of.anomalyClass);
  // Totals may be older than the counts of the anomaly, or know it under two classes.
  return { inClass: without(ofClass, own), inOthers: without(without(total(undefined), ofClass), without(own, ofClass)) };
}

function without(all: Counts, some: Counts): Counts {
  return {
    successes: Math.max(0, all.successes - some.successes),
    failures: Math.max(0, all.failures - some.failures),
  };
}
