import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ACTIONS,
  around,
  authorisedRecommendation,
  betaTwoTwo,
  flatGate,
  gate,
  type Policy,
  plainFormula,
  plainScoreThreshold,
  play,
  type SimulatedAnomaly,
  seeded,
  shareUnsafe,
  type Tally,
  tallyRow,
} from './repair-world.ts';

const PAGE = readFileSync(new URL('../../docs/learning.md', import.meta.url), 'utf8');
const ALLOWED_UNSAFE = 0.03;
const HALF_A_DAY = 12;
const BREAKS_AT = 150;

interface Single {
  readonly runs: number;
  readonly incidents: number;
  readonly hoursBetween?: number;
  readonly breaksAt?: number;
  readonly quarantine?: boolean;
}

/** So many times one anomaly, five actions whose true rates are Beta(2, 2), and a person who chooses blindly. */
function single(policy: Policy, { runs, incidents, hoursBetween = HALF_A_DAY, breaksAt, quarantine = false }: Single): Tally {
  const tally: Tally = { acts: 0, successes: 0, automatic: 0, unsafe: 0 };
  for (let run = 1; run <= runs; run += 1) {
    const random = seeded(run);
    const rates = ACTIONS.map(() => betaTwoTwo(random));
    const anomaly: SimulatedAnomaly = { anomalyClass: 'A/Deployment', rates, ...(breaksAt !== undefined && { breaksAt }) };
    const course = { anomalies: [anomaly], incidents: Array.from({ length: incidents }, () => 0), hoursBetween, policy, random, skill: 0 };
    play({ ...course, countFrom: breaksAt ?? 0, quarantine }, tally);
  }
  return tally;
}

function earlyAndLate(policy: Policy): readonly [early: Tally, late: Tally] {
  return [single(policy, { runs: 2_000, incidents: 50 }), single(policy, { runs: 2_000, incidents: 300 })];
}

function afterTheBreak(policy: Policy, hoursBetween: number, quarantine = false): Tally {
  return single(policy, { runs: 500, incidents: 300, hoursBetween, breaksAt: BREAKS_AT, quarantine });
}

interface Sparse {
  /** How alike anomalies are: as if each rate had been drawn around that of its class with so many outcomes. 0: they have nothing in common. */
  readonly likeness: number;
  readonly classes: number;
  readonly skill: number;
}

/** Two hundred times forty anomalies of fifteen incidents each within 25 days. */
function sparse(policy: Policy, { likeness, classes, skill }: Sparse): Tally {
  const tally: Tally = { acts: 0, successes: 0, automatic: 0, unsafe: 0 };
  for (let run = 1; run <= 200; run += 1) {
    const random = seeded(run);
    const like = (mean: number) => (likeness === 0 ? betaTwoTwo(random) : around(mean, likeness, random));
    const base = ACTIONS.map(() => betaTwoTwo(random));
    const ofClasses = Array.from({ length: classes }, () => base.map(like));
    const anomalies: SimulatedAnomaly[] = Array.from({ length: 40 }, (_, nth) => {
      const ofClass = ofClasses[nth % classes] ?? [];
      return { anomalyClass: `A${nth % classes}/Deployment`, rates: classes === 40 ? ofClass : ofClass.map(like) };
    });
    const order = Array.from({ length: 600 }, (_, nth) => ({ which: nth % 40, at: random() })).toSorted((a, b) => a.at - b.at);
    play({ anomalies, incidents: order.map(({ which }) => which), hoursBetween: 1, policy, random, skill }, tally);
  }
  return tally;
}

/** The page for users says what is measured here. */
function isOnThePage(name: string, ...tallies: readonly Tally[]): void {
  expect(PAGE).toContain(tallyRow(name, tallies));
}

describe('one anomaly, five actions, 2,000 runs', () => {
  it.each([
    ['gate: any proven action', gate],
    ['gate: the recommended action, where authorised', authorisedRecommendation],
  ])('%s: at most three in a hundred automatic acts are unsafe', (name, policy) => {
    const [early, late] = earlyAndLate(policy);
    isOnThePage(name, early, late);
    expect(shareUnsafe(early)).toBeLessThanOrEqual(ALLOWED_UNSAFE);
    expect(shareUnsafe(late)).toBeLessThanOrEqual(ALLOWED_UNSAFE);
    // It does not keep its promise by never acting.
    expect(late.automatic / late.acts).toBeGreaterThan(0.3);
  });

  it.each([
    ['plain formula (rate ≥ 0.6)', plainFormula],
    ['its score as a threshold (≥ 0.6)', plainScoreThreshold],
  ])('%s: more than twice as many', (name, policy) => {
    const [early, late] = earlyAndLate(policy);
    isOnThePage(name, early, late);
    expect(shareUnsafe(early)).toBeGreaterThan(2 * ALLOWED_UNSAFE);
    expect(shareUnsafe(late)).toBeGreaterThan(2 * ALLOWED_UNSAFE);
  });
});

it('what broke is let go sooner where outcomes fade, and soonest by quarantine', () => {
  const fading = afterTheBreak(gate, HALF_A_DAY);
  const quarantined = afterTheBreak(gate, HALF_A_DAY, true);
  const keeping = afterTheBreak(gate, 0);
  const plain = afterTheBreak(plainFormula, HALF_A_DAY);
  isOnThePage('gate', fading);
  isOnThePage('gate and quarantine', quarantined);
  isOnThePage('gate without fading', keeping);
  isOnThePage('plain formula (rate ≥ 0.6)', plain);
  expect(shareUnsafe(fading)).toBeLessThan(shareUnsafe(keeping));
  expect(shareUnsafe(fading)).toBeLessThan(shareUnsafe(plain));
  expect(shareUnsafe(quarantined)).toBeLessThan(shareUnsafe(fading));
});

describe('forty anomalies of fifteen incidents', () => {
  it.each<[name: string, world: Omit<Sparse, 'skill'>]>([
    ['anomalies alike, 40 classes', { likeness: 10, classes: 40 }],
    ['anomalies alike, 8 classes', { likeness: 10, classes: 8 }],
    ['anomalies unlike, 40 classes', { likeness: 0, classes: 40 }],
    ['anomalies unlike, 8 classes', { likeness: 0, classes: 8 }],
  ])('%s', (name, world) => {
    const tallies = (policy: Policy) => [sparse(policy, { ...world, skill: 0 }), sparse(policy, { ...world, skill: 0.5 })];
    const ours = tallies(gate);
    const flat = tallies(flatGate);
    const plain = tallies(plainFormula);
    isOnThePage(`${name}: gate`, ...ours);
    isOnThePage(`${name}: gate without a prior from elsewhere`, ...flat);
    isOnThePage(`${name}: plain formula`, ...plain);
    // Where nothing is alike, the few acts of those who choose blindly are none that a share could be told of.
    const judged = world.likeness > 0 ? ours : [together(ours)];
    expect(Math.max(...judged.map(shareUnsafe))).toBeLessThanOrEqual(ALLOWED_UNSAFE);
    expect(shareUnsafe(together(plain))).toBeGreaterThan(ALLOWED_UNSAFE);
  });
});

function together(tallies: readonly Tally[]): Tally {
  const sum = (of: (tally: Tally) => number) => tallies.reduce((all, tally) => all + of(tally), 0);
  return { acts: sum(t => t.acts), successes: sum(t => t.successes), automatic: sum(t => t.automatic), unsafe: sum(t => t.unsafe) };
}
