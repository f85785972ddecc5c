import type { AlertChainProbeSpec } from '../../crds/alertchainprobe/spec.ts';
import { type CronTimes, cronTimeAfter } from './cron-times.ts';

/** What no schema can see in a spec's cron texts, as sentences that name the field; empty when every one of them has a next time. */
export function scheduleProblems(
  { schedule, maintenance }: Pick<AlertChainProbeSpec, 'schedule' | 'maintenance'>,
  now: Date,
): readonly string[] {
  const ofSchedule =
    schedule.cron === undefined ? [] : cronProblems('spec.schedule', { cron: schedule.cron, timeZone: schedule.timeZone }, now);
  return [...ofSchedule, ...maintenance.flatMap((window, index) => cronProblems(`spec.maintenance[${index}]`, window, now))];
}

function cronProblems(field: string, times: CronTimes, now: Date): string[] {
  try {
    if (cronTimeAfter(times, now)) return [];
    return [`${field}.cron: '${times.cron}' names a day that no calendar has; give one that comes, such as '0 0 1 * *'`];
  } catch (err) {
    return [
      `${field}: '${times.cron}' in ${times.timeZone ?? 'UTC'} cannot be read as a cron text: ${err instanceof Error ? err.message : String(err)}`,
    ];
  }
}
