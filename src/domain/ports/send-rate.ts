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
}
