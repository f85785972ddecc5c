import { Cron } from 'croner';

/** A cron text of five fields and the time zone it is read in; UTC where none is given. */
export interface CronTimes {
  readonly cron: string;
  readonly timeZone?: string | undefined;
}

/**
 * The first moment after `after` that the cron text names. A moment that the clocks skip in spring happens right after the gap; one
 * that they repeat in autumn happens once, unless the text has a wildcard hour. Undefined when no such moment ever comes (31 February);
 * throws on a malformed text or an unknown time zone.
 */
export function cronTimeAfter({ cron, timeZone = 'UTC' }: CronTimes, after: Date): Date | undefined {
  return new Cron(cron, { timezone: timeZone, mode: '5-part' }).nextRun(after) ?? undefined;
}
