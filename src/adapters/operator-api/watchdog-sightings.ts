import { PortError } from '../../domain/ports/port-error.ts';
import type { WatchdogSightings } from '../../domain/ports/watchdog-sightings.ts';

const WHY = 'only the operator knows what Watchdogs it heard: run this hop in the cluster, and the others here by --hop';
const unsupported = (): Promise<never> => Promise.reject(new PortError('unsupported', WHY));

/** No route of the API tells what Watchdogs were heard: a Watchdog hop that is run outside of the operator says so. */
export function operatorWatchdogs(): WatchdogSightings {
  return { record: unsupported, list: unsupported };
}
