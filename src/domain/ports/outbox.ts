/** One thing to do: bring `channel` up to date with the incident. There is never more than one of the same at a time. */
export interface Work {
  readonly partition: number;
  readonly incidentId: string;
  readonly channel: string;
  /** Under which the store gave it out; changes when it is given out again. */
  readonly entryId: string;
  /** Failed attempts so far. */
  readonly attempts: number;
  /** Since it waits, whatever was tried meanwhile. */
  readonly since: Date;
  /** When it was given out, by the same clock as `since`: that of this process may be another. */
  readonly takenAt: Date;
  /** As the channel left it. */
  readonly memo: Readonly<Record<string, string>>;
}

/** How a piece of work ended. */
export interface Deed {
  readonly state: 'delivered' | 'skipped';
  /** The revision that was delivered: where the incident has a newer one, the work is put back. */
  readonly revision: number;
  readonly memo: Readonly<Record<string, string>>;
  readonly reason?: string;
}

/** `anew`: it waits only from then on, as if it were put in then. */
export type PutOff =
  | { readonly afterMs: number; readonly reason: string }
  | { readonly afterMs: number; readonly reason?: undefined; readonly anew?: boolean };

export interface DeadLetter {
  readonly incidentId: string;
  readonly channel: string;
  readonly since: Date;
  readonly diedAt: Date;
  readonly attempts: number;
  readonly reason: string;
}

/** What is still to be done, and why the last attempt at it failed. */
export interface Waiting {
  readonly incidentId: string;
  readonly channel: string;
  readonly since: Date;
  /** When it comes again, while it was put off. */
  readonly due?: Date;
  readonly attempts: number;
  readonly reason?: string;
}

export interface OutboxDepth {
  readonly waiting: number;
  readonly dead: number;
  /** Of what waits longest; absent where nothing waits. */
  readonly oldest?: Date;
}

/** Durable work, given to one replica at a time. Failures are PortError('unavailable'); every operation may be repeated. */
export interface Outbox {
  /** What is due in this partition: new, due again, or given to a replica that has said nothing for `claimAfterMs`. */
  take(
    partition: number,
    by: { readonly consumer: string; readonly count: number; readonly claimAfterMs: number },
    signal: AbortSignal,
  ): Promise<readonly Work[]>;
  /** Keeps the memo before an effect, so that a second attempt does the same. */
  remember(work: Work, memo: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
  done(work: Work, deed: Deed, signal: AbortSignal): Promise<void>;
  /** Gives it out again after so long. A failure counts as an attempt; a postponement does not. */
  again(work: Work, of: PutOff, signal: AbortSignal): Promise<void>;
  giveUp(work: Work, reason: string, signal: AbortSignal): Promise<void>;
  /** What waits longest. */
  waiting(limit: number, signal: AbortSignal): Promise<readonly Waiting[]>;
  dead(limit: number, signal: AbortSignal): Promise<readonly DeadLetter[]>;
  /** Puts dead letters back: those of one incident, or all. Resolves with how many. */
  retryDead(of: { readonly incidentId?: string; readonly channel?: string }, signal: AbortSignal): Promise<number>;
  depth(signal: AbortSignal): Promise<OutboxDepth>;
  /** Called when this process put work into a partition, so that it need not wait for the next look; returns what ends it. */
  onWork(listener: (partition: number) => void): () => void;
}
