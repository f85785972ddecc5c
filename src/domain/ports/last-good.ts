/**
 * The last moment at which everything that was sent to us had been taken in, shared by all replicas: what came after it may have come
 * while nobody listened. It never moves back. Failures are PortError('unavailable').
 */
export interface LastGood {
  /** Resolves to what `at` is by the clock of the store, for which no moment is yet to come. */
  mark(at: Date, signal: AbortSignal): Promise<Date>;
  /** The same where there is one. Undefined where there is none: there never was one, or the store has lost it, and there is still none. */
  move(at: Date, signal: AbortSignal): Promise<Date | undefined>;
  /** Undefined where there is none. */
  read(signal: AbortSignal): Promise<Date | undefined>;
}
