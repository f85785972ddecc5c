import type { MaintenanceWindow } from '../../crds/alertchainprobe/spec.ts';
import { durationMs } from '../../crds/duration.ts';
import { cronTimeAfter } from './cron-times.ts';

/**
 * True while one of the windows is open: from its cron time on, that moment included, for its duration. Throws as {@link cronTimeAfter}
 * does.
 */
export function inMaintenance(windows: readonly MaintenanceWindow[], now: Date): boolean {
  return windows.some(window => {
    const opened = cronTimeAfter(window, new Date(now.getTime() - durationMs(window.duration)));
    return opened !== undefined && opened <= now;
  });
}
