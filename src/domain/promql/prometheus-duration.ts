import { Duration } from '../../crds/duration.ts';

const SHAPE = /^(?:0|(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?)$/;
const HOURS = { year: 365 * 24, week: 7 * 24, day: 24 } as const;

/** A duration of Prometheus in the units that SigNoz has, such as 24h for 1d; undefined for what is none, or longer than can be said. */
export function goDuration(text: string): Duration | undefined {
  const found = text === '' ? null : SHAPE.exec(text);
  if (!found) return undefined;
  const [years = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0, millis = 0] = found
    .slice(1)
    .map(amount => Number(amount ?? 0));
  const amounts = { h: years * HOURS.year + weeks * HOURS.week + days * HOURS.day + hours, m: minutes, s: seconds, ms: millis };
  const written = Object.entries(amounts).flatMap(([unit, amount]) => (amount === 0 ? [] : [`${amount}${unit}`]));
  const parsed = Duration.safeParse(written.join('') || '0s');
  return parsed.success ? parsed.data : undefined;
}
