import type { z } from 'zod';
import { withRules } from './rule.ts';
import { matches, patternedText } from './text.ts';

interface Field {
  readonly number: string;
  readonly name?: string;
  readonly step: string;
}

/** One field of a cron text: a list of `*`, values and ranges; `*` and ranges take a step. */
function field({ number, name, step }: Field): string {
  const ranges = name === undefined ? `${number}-${number}` : `${number}-${number}|${name}-${name}`;
  const values = name === undefined ? number : `${number}|${name}`;
  const item = `((\\*|${ranges})(/${step})?|${values})`;
  return `${item}(,${item})*`;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS = [
  field({ number: '[0-5]?[0-9]', step: '([1-9]|[1-5][0-9])' }),
  field({ number: '(2[0-3]|[01]?[0-9])', step: '([1-9]|1[0-9]|2[0-3])' }),
  field({ number: '(3[01]|[12][0-9]|0?[1-9])', step: '([1-9]|[12][0-9]|3[01])' }),
  field({ number: '(1[0-2]|0?[1-9])', name: `(${MONTHS.join('|')})`, step: '([1-9]|1[0-2])' }),
  field({ number: '[0-7]', name: `(${DAYS.join('|')})`, step: '[1-7]' }),
];

const UPWARDS = 'a range in a cron text must run upwards: write 22-23,0-4 instead of 22-4, and FRI-SAT,SUN-MON instead of FRI-MON';

/** Matches where a name is followed by one that comes before it. Sunday ends the week too, so FRI-SUN runs upwards. */
const DOWNWARDS = new RegExp([MONTHS, DAYS.slice(1)].flatMap(downwards).join('|'));

function downwards(names: readonly string[]): string[] {
  return names.slice(1).map((name, index) => `${name}-(${names.slice(0, index + 1).join('|')})`);
}

/** Days that no year has: 30 and 31 February, and the 31st of months of thirty days; unless the day of the week is given as well. */
const NEVER =
  /^[^ ]+ [^ ]+ ((30|31)(,(30|31))*|30-31) (0?2|FEB) [*]$|^[^ ]+ [^ ]+ 31 (0?[2469]|11|FEB|APR|JUN|SEP|NOV)(,(0?[2469]|11|FEB|APR|JUN|SEP|NOV))* [*]$/;

const SHAPE = new RegExp(`^${FIELDS.join(' ')}$`);

/**
 * A cron text of five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). Names are upper-case.
 * What only a calendar knows is left to the run time, apart from the plainest cases.
 */
export const Cron = withRules(
  patternedText({
    pattern: SHAPE,
    maxLength: 128,
    sentence:
      "must be a cron text of five fields (minute hour day month weekday) with one space between them, such as '*/5 * * * *' or '30 8 * * MON-FRI'",
  }),
  [
    {
      cel: "self.findAll(r'[0-9]{1,2}-[0-9]{1,2}').all(r, int(r.split('-')[0]) <= int(r.split('-')[1]))",
      message: UPWARDS,
      holds: text => [...text.matchAll(/([0-9]{1,2})-([0-9]{1,2})/g)].every(([, from, to]) => Number(from) <= Number(to)),
    },
    {
      cel: `!${matches('self', DOWNWARDS)}`,
      message: UPWARDS,
      holds: text => !DOWNWARDS.test(text),
    },
    {
      cel: `!${matches('self', NEVER)}`,
      message: "no month of the cron text has such a day, so it would never run: give a day that comes, such as '0 0 28 2 *'",
      holds: text => !NEVER.test(text),
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
