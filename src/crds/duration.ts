import { z } from 'zod';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const PART = /([0-9]+)(ms|s|m|h)/g;

/** A Go-like duration without fractions or signs: `30s`, `5m`, `1h30m`, `250ms`. */
export const Duration = z
  .string()
  .max(32)
  .regex(/^([0-9]{1,9}(ms|s|m|h))+$/);
export type Duration = z.infer<typeof Duration>;

/** Milliseconds of a {@link Duration}. The text must have passed the schema; anything else counts as 0. */
export function durationMs(text: Duration): number {
  return [...text.matchAll(PART)].reduce((sum, [, amount, unit]) => sum + Number(amount) * unitMs(unit), 0);
}

function unitMs(unit: string | undefined): number {
  return unit === 'ms' || unit === 's' || unit === 'm' || unit === 'h' ? UNIT_MS[unit] : 0;
}
