import { z } from 'zod';
import { LongMilliseconds } from '../shapes.ts';
import { variable } from '../variable.ts';
import { DURATION } from './wording.ts';

/** When an incident ends, begins again, and is forgotten. */
export const Incidents = z.object({
  reopenWithinMs: variable(
    {
      env: 'AWOOOI_INCIDENT_REOPEN_WITHIN',
      default: '30m',
      description: 'An anomaly that comes back within so long of its resolution re-opens the incident; later it opens a new one.',
      expects: DURATION,
    },
    LongMilliseconds,
  ),
  settleMs: variable(
    {
      env: 'AWOOOI_INCIDENT_SETTLE',
      default: '1m',
      description:
        'Where a Watchdog is known, an incident stays open for so long after its last alert resolved: resolved alerts may also mean that Prometheus died, and its Watchdog tells within that time. Of an incident whose silence has ended no Alertmanager may have an alert for so long.',
      expects: DURATION,
    },
    LongMilliseconds,
  ),
  retentionMs: variable(
    {
      env: 'AWOOOI_INCIDENT_RETENTION',
      default: '90d',
      description: 'Incidents that nothing has happened to for so long are forgotten.',
      expects: DURATION,
    },
    LongMilliseconds,
  ),
});
