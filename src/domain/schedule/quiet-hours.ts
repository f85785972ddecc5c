export interface QuietHours {
  /** Minutes of the day; over midnight where `to` is before `from`. */
  readonly from: number;
  readonly to: number;
  readonly timeZone: string;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** How long it stays quiet from now on; 0 where it is not. By the clock on the wall: on the day that it is put forward or back, an hour off. */
export function quietForMs({ from, to, timeZone }: QuietHours, now: Date): number {
  const [hours = 0, minutes = 0] = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    .format(now)
    .split(':')
    .map(Number);
  const minute = hours * 60 + minutes;
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!isQuiet) return 0;
  const left = (to - minute + DAY_MINUTES) % DAY_MINUTES;
  return left * MINUTE_MS - (now.getTime() % MINUTE_MS);
}
