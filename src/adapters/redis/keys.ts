import type { WatchdogSource } from '../../domain/ports/watchdog-sightings.ts';

/** Every key and channel, in one place; README.md says what each holds. No operation touches two of them, so a Cluster may spread them. */
export const KEYS = {
  drill: (nonce: string): string => `awoooi:drill:${nonce}`,
  refusals: 'awoooi:refusals',
  received: 'awoooi:received',
  lastReceived: 'awoooi:last-received',
  writable: 'awoooi:writable',
  watchdogs: (source: WatchdogSource): string => `awoooi:watchdogs:${source}`,
} as const;

/** Carries the first return of a drill through each receiver, as JSON. */
export const RETURNS_CHANNEL = 'awoooi:drill-returns';
