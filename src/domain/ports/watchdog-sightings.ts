import type { PrometheusSender } from '../alerts/alert.ts';

/** The newest thing heard from one Watchdog, told apart by its labels. */
export interface WatchdogSighting {
  readonly source: PrometheusSender;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: 'firing' | 'resolved';
  readonly at: Date;
}

export interface WatchdogSightings {
  record(sighting: WatchdogSighting, signal: AbortSignal): Promise<void>;
  list(source: PrometheusSender, signal: AbortSignal): Promise<readonly WatchdogSighting[]>;
}
