/** A nonce that we sent into the chain and wait for. */
export interface Drill {
  /** 26 lower-case letters and digits, unguessable. */
  readonly nonce: string;
  /** Who asked: `probe/NAMESPACE/NAME/HOP`, or the name of an API token. */
  readonly owner: string;
  readonly expiresAt: Date;
}

export interface DrillReturn {
  readonly nonce: string;
  readonly returnedAt: Date;
  /** The webhook route it came back on, for example `alertmanager`. */
  readonly via: string;
  /** Receiver named in the payload, un-quoted. */
  readonly receiver?: string;
}

/** What our own server refused, as evidence for a nonce that did not come back. */
export interface Refusal {
  readonly at: Date;
  readonly route: string;
  readonly status: number;
  readonly reason: string;
  /** Nonces seen in the refused body; empty where it was not read. */
  readonly nonces: readonly string[];
  /** True where all of the body was searched and held labels: without a nonce it was then no canary. */
  readonly bodyRead?: boolean;
  readonly userAgent?: string;
  /** Where the request came from, an IP address. */
  readonly remote?: string;
}

/** Shared memory of drills: registered before they are sent, answered by whichever replica they come back to. */
export interface DrillRegistry {
  register(drills: readonly Drill[], signal: AbortSignal): Promise<void>;
  /** True while the nonce is registered and not expired. */
  isLive(nonce: string, signal: AbortSignal): Promise<boolean>;
  /** Idempotent: the first return through each receiver counts. False when the nonce is not live. */
  recordReturn(back: DrillReturn, signal: AbortSignal): Promise<boolean>;
  /** With its returns, one for each receiver, the first first. */
  find(nonce: string, signal: AbortSignal): Promise<{ readonly drill: Drill; readonly returns: readonly DrillReturn[] } | undefined>;
  /**
   * Resolves as soon as every nonce is back, through this receiver where one is named, or when the signal aborts. Woken, never polling.
   * Gives one return of each nonce that is back: the one through that receiver, or where it has not come, the first.
   */
  awaitReturns(nonces: readonly string[], signal: AbortSignal, receiver?: string): Promise<readonly DrillReturn[]>;
  recordRefusal(refusal: Refusal, signal: AbortSignal): Promise<void>;
  /**
   * Refusals since then by their own times, which are of the replicas that wrote them, and those that held one of the nonces whenever they
   * were. Oldest first.
   */
  refusalsSince(since: Date, signal: AbortSignal, nonces?: readonly string[]): Promise<readonly Refusal[]>;
}
