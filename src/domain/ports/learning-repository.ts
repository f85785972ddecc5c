/** What became of one attempt at a repair. */
export interface RepairOutcome {
  /** Recorded once, however often it is reported. */
  readonly id: string;
  readonly anomalyKey: string;
  readonly action: string;
  readonly success: boolean;
  /** Left out: when it is recorded, by the store's clock. */
  readonly at?: Date;
  /** Of a verified outcome always in the words of a person, never in those of a model. */
  readonly rootCause?: string;
  readonly fixDescription?: string;
  readonly executionSeconds?: number;
  /** Who reports it: a token or a person by name, or the name of a RepairRun. */
  readonly by: string;
  /**
   * Present where the operator carried the repair out and judged it by the alert: only such outcomes count for what may run by itself.
   * `anomalyClass` is `ALERTNAME/KIND` of the target: anomalies of one class teach one another (DESIGN.md section 5).
   */
  readonly verified?: { readonly anomalyClass: string; readonly playbook: PlaybookVersion };
}

export interface PlaybookName {
  readonly namespace: string;
  readonly name: string;
}

/** A playbook as far as it does the same: with other steps it has yet to prove itself, and with the former ones again it has. */
export interface PlaybookVersion extends PlaybookName {
  /** Of `stepsHash`. */
  readonly steps: string;
}

/** Successes and failures that count less the older they are, as of `asOf`. */
export interface DecayedCounts {
  readonly successes: number;
  readonly failures: number;
  readonly asOf: Date;
}

/** What is known of one action. */
export interface ActionRecord {
  readonly action: string;
  /** Of all outcomes, whoever reported them. */
  readonly attempts: number;
  readonly successes: number;
  /** Of the newest outcomes, at most 20, newest first; 0 where none was reported. */
  readonly recentSeconds: readonly number[];
  /** Of verified outcomes alone. */
  readonly verified: DecayedCounts;
  readonly lastAt: Date;
}

/** What is known of an anomaly. */
export interface AnomalyRecord {
  /** How often it occurred within 30 days: the size of its timeline. */
  readonly occurrences: number;
  readonly actions: readonly ActionRecord[];
}

/** Verified outcomes of one action elsewhere: of all anomalies together, or of one class of them. */
export interface ActionTotals {
  readonly action: string;
  /** Undefined for all anomalies together. */
  readonly anomalyClass?: string;
  readonly verified: DecayedCounts;
}

/** How one outcome stands that is reported. */
export type Recorded = { readonly is: 'recorded' | 'repeated'; readonly attempts: number; readonly successes: number };

/** What a playbook's own runs have shown, with the same steps. */
export interface PlaybookRecord {
  readonly attempts: number;
  readonly successes: number;
  readonly verified: DecayedCounts;
  readonly recentSeconds: readonly number[];
  /** Newest first, at most ten. */
  readonly lastOutcomes: readonly Pick<RepairOutcome & { readonly at: Date }, 'id' | 'by' | 'success' | 'at'>[];
}

/** An action that may have proved itself for an anomaly: at least 5 attempts, of which 80 % helped. Whether anybody knows why is not asked here. */
export interface PromotionCandidate {
  readonly anomalyKey: string;
  readonly action: string;
  /** Changes whenever the action helps again. */
  readonly mark: string;
}

/**
 * What repairs have taught. Counters and details of an anomaly change in one step; an outcome whose id was recorded before changes nothing.
 * Details are the last 100 of each action within 90 days. Failures are PortError('unavailable'); every operation may be repeated.
 */
export interface LearningRepository {
  record(outcomes: readonly RepairOutcome[], signal: AbortSignal): Promise<readonly Recorded[]>;
  /** Empty where nothing is known. */
  anomaly(anomalyKey: string, signal: AbortSignal): Promise<AnomalyRecord>;
  /** Newest first. */
  outcomes(
    of: { readonly anomalyKey: string; readonly action: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly (RepairOutcome & { readonly at: Date })[]>;
  /** Verified outcomes of the playbook's runs with these steps alone; of one that never ran, zeros. */
  playbook(of: PlaybookVersion, signal: AbortSignal): Promise<PlaybookRecord>;
  /** All totals, over every partition: for priors, which may be some seconds old. */
  totals(signal: AbortSignal): Promise<readonly ActionTotals[]>;
  /** Anomalies with an action that helped since they were last settled, and that has helped often enough to become a playbook. */
  candidates(limit: number, signal: AbortSignal): Promise<readonly PromotionCandidate[]>;
  /** Takes it off the list, unless the action has helped again since `mark`. */
  settle(candidate: PromotionCandidate, signal: AbortSignal): Promise<void>;
}
