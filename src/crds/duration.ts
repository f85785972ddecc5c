import type { z } from 'zod';
import { type Rule, withRules } from './rule.ts';
import { matches, patternedText } from './text.ts';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const PART = /([0-9]+)(ms|s|m|h)/g;

/** Six digits and twenty characters stay below the 292 years at which Go's durations, and with them CEL's, overflow. */
const SHAPE = /^([0-9]{1,6}(ms|s|m|h))+$/;

/** A Go-like duration without fractions or signs: `30s`, `5m`, `1h30m`, `250ms`. */
export const Duration = patternedText({
  pattern: SHAPE,
  maxLength: 20,
  sentence: 'must be a duration of whole numbers with the units h, m, s or ms, such as 30s, 5m or 1h30m',
});
export type Duration = z.infer<typeof Duration>;

/** A {@link Duration} from `min` to `max`, both included. */
export function durationBetween(min: Duration, max: Duration): z.ZodString {
  const rule: Rule<string> = {
    cel: `!${matches('self', SHAPE)} || (duration(self) >= duration('${min}') && duration(self) <= duration('${max}'))`,
    message: `must be a duration from ${min} to ${max}`,
    holds: text => !SHAPE.test(text) || (durationMs(text) >= durationMs(min) && durationMs(text) <= durationMs(max)),
  };
  return withRules(Duration, [rule]);
}

/**
 * CEL for "left is at most right", both expressions giving duration texts. True where one of them is malformed: its own field
 * says so already, and duration() would fail with a message that helps nobody.
 */
export function celAtMost(left: string, right: string): string {
  return `!${matches(left, SHAPE)} || !${matches(right, SHAPE)} || duration(${left}) <= duration(${right})`;
}

/** Milliseconds of a {@link Duration}. The text must have passed the schema; anything else counts as 0. */
export function durationMs(text: Duration): number {
  return [...text.matchAll(PART)].reduce((sum, [, amount, unit]) => sum + Number(amount) * unitMs(unit), 0);
}

function unitMs(unit: string | undefined): number {
  return unit === 'ms' || unit === 's' || unit === 'm' || unit === 'h' ? UNIT_MS[unit] : 0;
}
