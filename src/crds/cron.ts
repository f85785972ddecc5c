import type { z } from 'zod';
import { withRules } from './rule.ts';
import { matches, patternedText } from './text.ts';

/** One field of a cron text: a list of `*`, values and ranges; `*` and ranges take a step. */
function field(value: string, step: string): string {
  const item = `(((\\*|${value}-${value})(/${step})?)|${value})`;
  return `${item}(,${item})*`;
}

const FIELDS = [
  field('[0-5]?[0-9]', '([1-9]|[1-5][0-9])'),
  field('(2[0-3]|[01]?[0-9])', '([1-9]|1[0-9]|2[0-3])'),
  field('(3[01]|[12][0-9]|0?[1-9])', '([1-9]|[12][0-9]|3[01])'),
  field('(1[0-2]|0?[1-9]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)', '([1-9]|1[0-2])'),
  field('([0-7]|SUN|MON|TUE|WED|THU|FRI|SAT)', '[1-7]'),
];

/**
 * A cron text of five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). Names are upper-case.
 * What only a calendar knows (31 February) is left to the run time.
 */
export const Cron = withRules(
  patternedText({
    pattern: new RegExp(`^${FIELDS.join(' ')}$`),
    maxLength: 128,
    sentence:
      "must be a cron text of five fields (minute hour day month weekday) with one space between them, such as '*/5 * * * *' or '30 8 * * MON-FRI'",
  }),
  [
    {
      cel: "self.findAll(r'[0-9]{1,2}-[0-9]{1,2}').all(r, int(r.split('-')[0]) <= int(r.split('-')[1]))",
      message: 'a range in a cron text must run upwards: write 22-23,0-4 instead of 22-4',
      holds: text => [...text.matchAll(/([0-9]{1,2})-([0-9]{1,2})/g)].every(([, from, to]) => Number(from) <= Number(to)),
    },
  ],
);
export type Cron = z.infer<typeof Cron>;

const ZONE = /^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/;

/** The name of an IANA time zone that the API server (and this process) knows. */
export const TimeZone = withRules(
  patternedText({
    pattern: ZONE,
    maxLength: 64,
    sentence: 'must be the name of an IANA time zone, such as Asia/Taipei, Europe/Berlin or UTC',
  }),
  [
    {
      // The API server looks the zone up in its own tz database; an unknown one fails the rule with its name.
      cel: `!${matches('self', ZONE)} || (self != 'Local' && timestamp('2026-01-01T00:00:00Z').getHours(self) >= 0)`,
      message: 'the time zone must be one that the IANA tz database knows, such as Asia/Taipei, Europe/Berlin or UTC',
      holds: name => !ZONE.test(name) || knownTimeZone(name),
    },
  ],
);
export type TimeZone = z.infer<typeof TimeZone>;

function knownTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
