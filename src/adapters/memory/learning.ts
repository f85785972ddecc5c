import { PROMOTED } from '../../domain/learning/promotion.ts';
import { decayedTo, weightAt } from '../../domain/outcomes/decay.ts';
import { DETAILS, LAST_OUTCOMES, OUTCOMES_MS, RECENT } from '../../domain/outcomes/limits.ts';
import { storableName, storableOutcome } from '../../domain/outcomes/storable-outcome.ts';
import type {
  ActionRecord,
  ActionTotals,
  DecayedCounts,
  LearningRepository,
  PlaybookVersion,
  PromotionCandidate,
  Recorded,
  RepairOutcome,
} from '../../domain/ports/learning-repository.ts';

export interface MemoryLearningOptions {
  readonly now: () => Date;
  /** How often an anomaly occurred, which is not learnt here; 0. */
  readonly occurrences?: (anomalyKey: string) => number;
}

type Kept = RepairOutcome & { readonly at: Date };

/** Outcomes of one process, for tests. All are kept, with every id; what is told of them is reckoned anew at each question. */
export function memoryLearning({ now, occurrences = () => 0 }: MemoryLearningOptions): LearningRepository {
  const kept = new Map<string, Map<string, Kept>>();
  const promotable = new Map<string, PromotionCandidate>();

  const all = (): readonly Kept[] => [...kept.values()].flatMap(of => [...of.values()]);
  const newestOf = (anomalyKey: string): readonly Kept[] => newestFirst([...(kept.get(anomalyKey)?.values() ?? [])]);

  function recordOne(given: RepairOutcome): Recorded {
    const outcome = storableOutcome(given);
    const known = kept.get(outcome.anomalyKey) ?? new Map<string, Kept>();
    kept.set(outcome.anomalyKey, known);
    const repeated = known.has(outcome.id);
    const at = new Date(Math.min(outcome.at?.getTime() ?? Infinity, now().getTime()));
    if (!repeated) known.set(outcome.id, { ...outcome, at });
    const ofAction = [...known.values()].filter(({ action }) => action === outcome.action);
    const recorded = counted(ofAction);
    if (!repeated && isPromotable(outcome, recorded)) {
      const candidate = { anomalyKey: outcome.anomalyKey, action: outcome.action, mark: `${recorded.successes}` };
      promotable.set(nameOf(candidate), candidate);
    }
    return { is: repeated ? 'repeated' : 'recorded', ...recorded };
  }

  return {
    async record(outcomes) {
      return outcomes.map(recordOne);
    },
    async anomaly(anomalyKey) {
      const byAction = Map.groupBy(newestOf(anomalyKey), ({ action }) => action);
      return {
        occurrences: occurrences(anomalyKey),
        actions: [...byAction].map(([action, of]) => actionRecord(action, { of, asOf: now() })),
      };
    },
    async outcomes({ anomalyKey, action, limit }) {
      const named = storableName(action);
      const young = newestOf(anomalyKey).filter(each => each.action === named && isYoung(each.at, now()));
      return young.slice(0, Math.max(0, Math.min(DETAILS, Math.floor(limit))));
    },
    async playbook(name) {
      const of = newestFirst(all().filter(({ verified }) => verified && samePlaybook(verified.playbook, name)));
      return {
        ...counted(of),
        verified: decayed(of, now()),
        recentSeconds: recent(of),
        lastOutcomes: of.slice(0, LAST_OUTCOMES).map(({ id, by, success, at }) => ({ id, by, success, at })),
      };
    },
    async totals() {
      return totalsOf(
        all().filter(outcome => outcome.verified),
        now(),
      );
    },
    async candidates(limit) {
      return [...promotable.values()].slice(0, limit);
    },
    async settle(candidate) {
      if (promotable.get(nameOf(candidate))?.mark === candidate.mark) promotable.delete(nameOf(candidate));
    },
  };
}

function nameOf({ anomalyKey, action }: PromotionCandidate): string {
  return JSON.stringify([anomalyKey, action]);
}

function isPromotable({ success, anomalyKey }: RepairOutcome, { attempts, successes }: Pick<Recorded, 'attempts' | 'successes'>): boolean {
  const isOurs = /^v\d+-[0-9a-f]+$/.test(anomalyKey);
  return success && isOurs && attempts >= PROMOTED.attempts && successes >= PROMOTED.rate * attempts;
}

function newestFirst(outcomes: readonly Kept[]): readonly Kept[] {
  return outcomes.toReversed().toSorted((a, b) => b.at.getTime() - a.at.getTime());
}

function isYoung(at: Date, now: Date): boolean {
  return at.getTime() >= now.getTime() - OUTCOMES_MS;
}

function actionRecord(action: string, { of, asOf }: { readonly of: readonly Kept[]; readonly asOf: Date }): ActionRecord {
  return {
    action,
    ...counted(of),
    recentSeconds: recent(of.filter(({ at }) => isYoung(at, asOf))),
    verified: decayed(
      of.filter(({ verified }) => verified),
      asOf,
    ),
    lastAt: of[0]?.at ?? asOf,
  };
}

function counted(of: readonly Kept[]): { readonly attempts: number; readonly successes: number } {
  return { attempts: of.length, successes: of.filter(({ success }) => success).length };
}

function recent(of: readonly Kept[]): number[] {
  return of.slice(0, RECENT).map(({ executionSeconds = 0 }) => executionSeconds);
}

function decayed(of: readonly Kept[], asOf: Date): DecayedCounts {
  const sum = (wanted: boolean): number =>
    of.reduce((total, { success, at }) => total + (success === wanted ? weightAt(at.getTime()) : 0), 0);
  return decayedTo(asOf.getTime(), { successes: sum(true), failures: sum(false) });
}

function totalsOf(verified: readonly Kept[], asOf: Date): ActionTotals[] {
  return [
    ...[...Map.groupBy(verified, ({ action }) => action).values()].flatMap(of => total(of, asOf)),
    ...[...Map.groupBy(verified, each => JSON.stringify([each.verified?.anomalyClass, each.action])).values()].flatMap(of =>
      total(of, asOf).map(each => ({ ...each, anomalyClass: of[0]?.verified?.anomalyClass ?? '' })),
    ),
  ];
}

function total(of: readonly Kept[], asOf: Date): ActionTotals[] {
  return of.slice(0, 1).map(({ action }) => ({ action, verified: decayed(of, asOf) }));
}

function samePlaybook(one: PlaybookVersion, other: PlaybookVersion): boolean {
  return one.namespace === other.namespace && one.name === other.name && one.steps === other.steps;
}
