export interface Limit {
  /** What is limited, such as `telegram:chat:-100`. */
  readonly key: string;
  readonly count: number;
  readonly perMs: number;
}

/** Limits that all replicas share. */
export interface SendRate {
  /** 0 when all of them let one more through, which is then counted; else in how many milliseconds to ask again, and nothing is counted. */
  take(limits: readonly Limit[], signal: AbortSignal): Promise<number>;
  /** Notes that `by` waits for what is free next under this key, for so long: others should give way. 0 ends that, a repeat renews it. */
  wait(key: string, of: { readonly by: string; readonly forMs: number }, signal: AbortSignal): Promise<void>;
  /** Whether `by` waits, and for how long others still do at most. */
  waiting(key: string, by: string, signal: AbortSignal): Promise<Waiting>;
}

export interface Waiting {
  readonly self: boolean;
  readonly othersMs: number;
}
