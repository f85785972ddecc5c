import type { WatchdogSighting, WatchdogSightings } from '../../domain/ports/watchdog-sightings.ts';

/** The newest sighting of each Watchdog, in memory. */
export function memoryWatchdogSightings(): WatchdogSightings {
  const sightings = new Map<string, WatchdogSighting>();
  return {
    async record(sighting) {
      const labels = Object.entries(sighting.labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
      sightings.set(JSON.stringify([sighting.source, labels]), sighting);
    },
    list: async source => [...sightings.values()].filter(sighting => sighting.source === source),
  };
}
