export type WatchdogSource = 'alertmanager' | 'signoz';

/** The newest thing heard from one Watchdog, told apart by its labels. */
export interface WatchdogSighting {
  readonly source: WatchdogSource;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: 'firing' | 'resolved';
  readonly at: Date;
}

export interface WatchdogSightings {
  record(sighting: WatchdogSighting, signal: AbortSignal): Promise<void>;
  list(source: WatchdogSource, signal: AbortSignal): Promise<readonly WatchdogSighting[]>;
}
