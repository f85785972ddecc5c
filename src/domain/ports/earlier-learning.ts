/** An entry of a plain key: a list has it by its place, a sorted set by its score. */
export interface EarlierEntry {
  readonly text: string;
  readonly score?: number;
}

export interface EarlierKey {
  /** Newest first. */
  readonly entries: readonly EarlierEntry[];
  /** True for what is neither a list nor a sorted set: then there are no entries. */
  readonly isOther: boolean;
}

/** An occurrence of an anomaly before the operator knew of it. */
export interface EarlierOccurrence {
  readonly id: string;
  readonly at: Date;
}

/**
 * What a system before this one left in the same Redis under plain keys, without a partition's tag. Nothing of it is changed.
 * Failures are PortError('unavailable'); every operation may be repeated.
 */
export interface EarlierLearning {
  /** The keys that begin so, some at a time; one may come twice. */
  keys(prefix: string, signal: AbortSignal): AsyncIterable<readonly string[]>;
  read(key: string, signal: AbortSignal): Promise<EarlierKey>;
  /** By what `imported` was told last of the key; undefined where it never was. */
  importedAs(key: string, signal: AbortSignal): Promise<string | undefined>;
  imported(key: string, as: string, signal: AbortSignal): Promise<void>;
  /** Those of the last 30 days join the timeline of the anomaly; says how many were not there before. */
  occurred(anomalyKey: string, occurrences: readonly EarlierOccurrence[], signal: AbortSignal): Promise<number>;
}
