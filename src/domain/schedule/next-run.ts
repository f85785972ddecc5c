import { createHash } from 'node:crypto';
import type { Schedule } from '../../crds/alertchainprobe/spec.ts';
import { durationMs } from '../../crds/duration.ts';
import { cronTimeAfter } from './cron-times.ts';

/** All probes that say `0 * * * *` mean the same second; this spreads them without moving any out of its minute's beginning. */
const CRON_SPREAD_MS = 5000;

export interface NextRun {
  readonly schedule: Schedule;
  /** metadata.uid: where on the grid the probe's starts lie. The same uid gives the same starts in every process. */
  readonly uid: string;
  readonly after: Date;
}

/**
 * The first start of the schedule later than `after`. Starts lie on a fixed grid, so a late run delays none after it and nothing
 * drifts. Throws for a schedule that {@link scheduleProblems} objects to.
 */
export function nextRun({ schedule, uid, after }: NextRun): Date {
  if (schedule.every !== undefined) return onGrid(durationMs(schedule.every), uid, after);
  if (schedule.cron !== undefined) return onCron({ cron: schedule.cron, timeZone: schedule.timeZone }, uid, after);
  throw new RangeError('the schedule has neither every nor cron');
}

function onGrid(everyMs: number, uid: string, after: Date): Date {
  if (everyMs <= 0) throw new RangeError('the schedule has an interval of no length');
  const offset = spread(uid, everyMs);
  const turns = Math.floor((after.getTime() - offset) / everyMs) + 1;
  return new Date(offset + turns * everyMs);
}

/** Two cron times are at least a minute apart, so a start never reaches the one after it. */
function onCron(times: { cron: string; timeZone: string | undefined }, uid: string, after: Date): Date {
  const late = spread(uid, CRON_SPREAD_MS);
  const named = cronTimeAfter(times, new Date(after.getTime() - late));
  if (named === undefined) throw new RangeError(`the cron text ${times.cron} names no moment that ever comes`);
  return new Date(named.getTime() + late);
}

/** A whole number from 0 up to, and without, `span`: evenly spread over uids. */
function spread(uid: string, span: number): number {
  return createHash('sha256').update(uid).digest().readUIntBE(0, 6) % span;
}
