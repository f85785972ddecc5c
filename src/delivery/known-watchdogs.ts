import { type AlertSource, PROMETHEUS_SENDERS, type PrometheusSender } from '../domain/alerts/alert.ts';
import type { WatchdogSightings } from '../domain/ports/watchdog-sightings.ts';
import { type Repeated, repeating } from './repeating.ts';

export interface KnownWatchdogsDeps extends Pick<Repeated, 'log' | 'random'> {
  readonly watchdogs: WatchdogSightings;
  readonly now: () => Date;
  readonly everyMs?: number;
}

export interface KnownWatchdogs {
  /** The sightings of this process: what it records, it knows from then on, without waiting for the next look. */
  readonly sightings: WatchdogSightings;
  /** Whether a Watchdog of this sender was heard lately. True until we know better. */
  isKnown(source: AlertSource): boolean;
  close(): Promise<void>;
}

/** Alertmanager repeats a Watchdog every twelve hours where nobody told it otherwise. */
const LATELY_MS = 13 * 3_600_000;

/** Knows which senders have a Watchdog: what resolves there is waited with, for it may only have lost its voice. */
export function knownWatchdogs({ watchdogs, now, everyMs = 10_000, log, random }: KnownWatchdogsDeps): KnownWatchdogs {
  let known: ReadonlySet<string> = new Set(PROMETHEUS_SENDERS);
  /** Recorded here since the look under way began, which may not have seen it. */
  let recorded = new Set<PrometheusSender>();

  async function look(signal: AbortSignal): Promise<void> {
    recorded = new Set();
    const since = now().getTime() - LATELY_MS;
    const heard = await Promise.all(PROMETHEUS_SENDERS.map(source => watchdogs.list(source, signal)));
    const seen = PROMETHEUS_SENDERS.filter((_, at) => heard[at]?.some(sighting => sighting.at.getTime() > since));
    known = new Set([...seen, ...recorded]);
  }

  const looking = repeating({ what: 'looking for Watchdogs', everyMs, withinMs: 5_000, turn: look, log, random });
  return {
    sightings: {
      ...watchdogs,
      async record(sighting, signal) {
        await watchdogs.record(sighting, signal);
        recorded.add(sighting.source);
        known = new Set([...known, sighting.source]);
      },
    },
    isKnown: source => known.has(source),
    close: () => looking.close(),
  };
}
