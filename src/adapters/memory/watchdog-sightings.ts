import { HEARD_WITHIN_MS, type WatchdogSighting, type WatchdogSightings } from '../../domain/ports/watchdog-sightings.ts';

/** The newest sighting of each Watchdog, in memory. */
export function memoryWatchdogSightings(): WatchdogSightings {
  const sightings = new Map<string, WatchdogSighting>();
  return {
    async record(sighting) {
      const labels = Object.entries(sighting.labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const key = JSON.stringify([sighting.source, labels]);
      const steadySince = sighting.status === 'firing' ? steadyFrom(sightings.get(key), sighting.at) : undefined;
      sightings.set(key, { ...sighting, ...(steadySince && { steadySince }) });
    },
    list: async source => [...sightings.values()].filter(sighting => sighting.source === source),
  };
}

function steadyFrom(before: WatchdogSighting | undefined, at: Date): Date {
  if (before?.status !== 'firing' || at.getTime() - before.at.getTime() > HEARD_WITHIN_MS) return at;
  return before.steadySince ?? before.at;
}
