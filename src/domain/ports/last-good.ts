/**
 * The last moment at which everything that was sent to us had been taken in, shared by all replicas: what came after it may have come
 * while nobody listened. It never moves back. Failures are PortError('unavailable').
 */
export interface LastGood {
  mark(at: Date, signal: AbortSignal): Promise<void>;
  /** Undefined where there never was one. */
  read(signal: AbortSignal): Promise<Date | undefined>;
}
