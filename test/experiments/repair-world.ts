import type { RepairAction } from '../../src/crds/repairplaybook/action.ts';
import { isProven } from '../../src/domain/learning/authorisation.ts';
import { betaQuantile } from '../../src/domain/learning/beta-quantile.ts';
import { countsAt, weightOf } from '../../src/domain/outcomes/decay.ts';
import { decayed } from '../../src/domain/learning/posterior.ts';
import { type Learned, posteriorOf, rateOf, recommendation } from '../../src/domain/learning/recommendation.ts';
import type { ActionRecord, ActionTotals, DecayedCounts } from '../../src/domain/ports/learning-repository.ts';

export const ACTIONS: readonly RepairAction[] = ['restart_pod', 'delete_pod', 'scale_up', 'increase_memory', 'rollback'];
const SAFE = 0.6;
const EPOCH = Date.parse('2026-01-01T00:00:00Z');

/** Numbers between 0 and 1, the same ones for the same seed: the bits of a counter, mixed so that neighbouring seeds have nothing in common. */
export function seeded(seed: number): () => number {
  let counter = mixed(seed);
  return () => {
    counter = (counter + 0x9e37_79b9) | 0;
    return ((mixed(counter) >>> 0) + 0.5) / 2 ** 32;
  };
}

function mixed(bits: number): number {
  let left = bits ^ (bits >>> 16);
  left = Math.imul(left, 0x21f0_aaad);
  left = Math.imul(left ^ (left >>> 15), 0x735a_2d97);
  return left ^ (left >>> 15);
}

/** The middle of three is Beta(2, 2). */
export function betaTwoTwo(random: () => number): number {
  const [, middle = 0.5] = [random(), random(), random()].toSorted((a, b) => a - b);
  return middle;
}

/** Around a mean: Beta(likeness × mean, likeness × (1 - mean)). */
export function around(mean: number, likeness: number, random: () => number): number {
  return betaQuantile(random(), likeness * mean, likeness * (1 - mean));
}

/** One anomaly: how often each action truly helps, by the action's index, at the n-th incident of the run. */
export interface SimulatedAnomaly {
  readonly anomalyClass: string;
  readonly rates: readonly number[];
  /** Where the best action breaks: from which incident on. */
  readonly breaksAt?: number;
}

/** What a policy runs by itself; undefined calls a person. */
export type Policy = (learned: Learned, now: Date) => string | undefined;

/** Any proven action may have an Automatic playbook; of several the one with the highest lower bound runs. */
export const gate: Policy = (learned, now) => {
  let best: { readonly action: string; readonly lowerBound: number } | undefined;
  for (const one of learned.record.actions) {
    // No posterior where the gate says no anyway, whatever was seen elsewhere: quantiles are what this costs.
    const { successes, failures } = decayed(one.verified, now);
    if (successes + failures < 4.9 || (successes + 4) / (successes + failures + 4) < SAFE) continue;
    const shown = posteriorOf(one, learned, now);
    if (isProven(shown) && shown.lowerBound > (best?.lowerBound ?? 0)) best = { action: one.action, lowerBound: shown.lowerBound };
  }
  return best?.action;
};

/** The same without what was seen elsewhere: from Beta(1, 1) for every anomaly. */
export const flatGate: Policy = (learned, now) => gate({ ...learned, totals: [] }, now);

/** The recommended action, where it is authorised. */
export const authorisedRecommendation: Policy = (learned, now) => {
  const { action, authorised } = recommendation(learned, { language: 'en', now });
  return authorised.allowed ? action : undefined;
};

/** The formula of earlier systems: whatever it recommends runs. */
export const plainFormula: Policy = ({ record }) => {
  const [best] = record.actions.filter(one => one.attempts >= 5 && rateOf(one) >= SAFE).toSorted((a, b) => plainScore(b) - plainScore(a));
  return best?.action;
};

/** Its score taken for a threshold. */
export const plainScoreThreshold: Policy = ({ record }) => {
  const [best] = record.actions
    .filter(one => one.attempts >= 5 && plainScore(one) >= SAFE)
    .toSorted((a, b) => plainScore(b) - plainScore(a));
  return best?.action;
};

function plainScore(one: ActionRecord): number {
  return rateOf(one) * Math.log(one.attempts + 1);
}

export interface Tally {
  acts: number;
  successes: number;
  automatic: number;
  unsafe: number;
}

/** Of what ran by itself. */
export function shareUnsafe({ automatic, unsafe }: Tally): number {
  return automatic === 0 ? 0 : unsafe / automatic;
}

/** A line of a table: success, automatic and unsafe of each. */
export function tallyRow(name: string, tallies: readonly Tally[]): string {
  const cells = tallies.map(
    tally => `${percent(tally.successes / tally.acts)} / ${percent(tally.automatic / tally.acts)} / **${percent(shareUnsafe(tally))}**`,
  );
  return `| ${[name, ...cells].join(' | ')} |`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.005 && share > 0 ? 2 : 1)} %`;
}

export interface Course {
  readonly anomalies: readonly SimulatedAnomaly[];
  /** Which anomaly each incident is of. */
  readonly incidents: readonly number[];
  readonly hoursBetween: number;
  readonly policy: Policy;
  readonly random: () => number;
  /** Of the incidents that a person decides, the share in which the truly best action is chosen; any of them otherwise. */
  readonly skill: number;
  readonly countFrom?: number;
  /** Three failures in a row end an action's automatic runs, as they quarantine a playbook. */
  readonly quarantine?: boolean;
}

/** One run: every incident is repaired once, and every outcome is verified. */
export function play(
  { anomalies, incidents, hoursBetween, policy, random, skill, countFrom = 0, quarantine = false }: Course,
  tally: Tally,
): void {
  const memory = new Memory(anomalies);
  for (const [nth, which] of incidents.entries()) {
    const anomaly = anomalies[which];
    if (!anomaly) throw new Error(`there is no anomaly ${which}`);
    const now = new Date(EPOCH + nth * hoursBetween * 3_600_000);
    const learned = memory.learned(which);
    const automatic = policy(quarantine ? memory.withoutQuarantined(which, learned) : learned, now);
    const chosen = automatic === undefined ? person(anomaly, skill, random) : ACTIONS.findIndex(action => action === automatic);
    const rate = rateAt(anomaly, chosen, nth);
    const success = random() < rate;
    memory.record(which, chosen, { success, at: now });
    if (nth < countFrom) continue;
    tally.acts += 1;
    tally.successes += success ? 1 : 0;
    tally.automatic += automatic === undefined ? 0 : 1;
    tally.unsafe += automatic !== undefined && rate < SAFE ? 1 : 0;
  }
}

const BROKEN_RATE = 0.1;

function rateAt({ rates, breaksAt }: SimulatedAnomaly, action: number, nth: number): number {
  const rate = rates[action] ?? 0;
  return breaksAt !== undefined && nth >= breaksAt && rate === Math.max(...rates) ? BROKEN_RATE : rate;
}

function person({ rates }: SimulatedAnomaly, skill: number, random: () => number): number {
  return random() < skill ? rates.indexOf(Math.max(...rates)) : Math.floor(random() * rates.length);
}

/** What a store would hold, by the domain's own counting. */
class Memory {
  readonly #anomalies: readonly SimulatedAnomaly[];
  readonly #records: ActionRecord[][];
  readonly #totals = new Map<string, ActionTotals[]>();
  readonly #everywhere: ActionTotals[];
  readonly #failuresInARow = new Map<string, number>();
  readonly #quarantined = new Set<string>();

  constructor(anomalies: readonly SimulatedAnomaly[]) {
    this.#anomalies = anomalies;
    this.#records = anomalies.map(() => ACTIONS.map(untried));
    this.#everywhere = ACTIONS.map(action => ({ action, verified: none() }));
    for (const { anomalyClass } of anomalies)
      this.#totals.set(
        anomalyClass,
        ACTIONS.map(action => ({ action, anomalyClass, verified: none() })),
      );
  }

  learned(which: number): Learned {
    const anomalyClass = this.#anomalies[which]?.anomalyClass ?? '';
    return {
      record: { occurrences: 0, actions: this.#records[which] ?? [] },
      totals: [...(this.#totals.get(anomalyClass) ?? []), ...this.#everywhere],
      anomalyClass,
    };
  }

  withoutQuarantined(which: number, learned: Learned): Learned {
    const actions = learned.record.actions.filter((_, action) => !this.#quarantined.has(`${which} ${action}`));
    return { ...learned, record: { ...learned.record, actions } };
  }

  record(which: number, action: number, outcome: { readonly success: boolean; readonly at: Date }): void {
    const key = `${which} ${action}`;
    const inARow = outcome.success ? 0 : (this.#failuresInARow.get(key) ?? 0) + 1;
    this.#failuresInARow.set(key, inARow);
    if (inARow >= 3) this.#quarantined.add(key);
    const records = this.#records[which] ?? [];
    const was = records[action] ?? untried(ACTIONS[action] ?? '');
    records[action] = {
      ...was,
      attempts: was.attempts + 1,
      successes: was.successes + (outcome.success ? 1 : 0),
      verified: counted(was.verified, outcome),
      lastAt: outcome.at,
    };
    for (const totals of [this.#totals.get(this.#anomalies[which]?.anomalyClass ?? '') ?? [], this.#everywhere]) {
      const total = totals[action];
      if (total) totals[action] = { ...total, verified: counted(total.verified, outcome) };
    }
  }
}

/** Counts with one outcome more, each weighing by its own time. */
function counted(counts: DecayedCounts, { success, at }: { readonly success: boolean; readonly at: Date }): DecayedCounts {
  const asOf = at > counts.asOf ? at : counts.asOf;
  const { successes, failures } = countsAt(counts, asOf);
  const weight = weightOf(at, asOf);
  return { successes: successes + (success ? weight : 0), failures: failures + (success ? 0 : weight), asOf };
}

function untried(action: string): ActionRecord {
  return { action, attempts: 0, successes: 0, recentSeconds: [], verified: none(), lastAt: new Date(EPOCH) };
}

function none(): DecayedCounts {
  return { successes: 0, failures: 0, asOf: new Date(EPOCH) };
}
