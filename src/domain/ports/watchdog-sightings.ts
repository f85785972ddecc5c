import type { PrometheusSender } from '../alerts/alert.ts';

/** The newest thing heard from one Watchdog, told apart by its labels. */
export interface WatchdogSighting {
  readonly source: PrometheusSender;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: 'firing' | 'resolved';
  readonly at: Date;
  /** Since when it has been heard again and again, never longer than {@link HEARD_WITHIN_MS} apart; kept by the store, absent unless it fires. */
  readonly steadySince?: Date;
}

/** Watchdogs come every few minutes: what is silent for longer may have been away meanwhile. */
export const HEARD_WITHIN_MS = 10 * 60_000;

export interface WatchdogSightings {
  record(sighting: WatchdogSighting, signal: AbortSignal): Promise<void>;
  list(source: PrometheusSender, signal: AbortSignal): Promise<readonly WatchdogSighting[]>;
}
