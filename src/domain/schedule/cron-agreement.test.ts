import { type Arbitrary, array, assert, constant, constantFrom, integer, oneof, property, tuple } from 'fast-check';
import { expect, it } from 'vitest';
import { Cron } from '../../crds/cron.ts';
import { cronTimeAfter } from './cron-times.ts';

const NOW = new Date('2026-01-01T00:00:00Z');

/** One field of a cron text, most of the time within its bounds. */
function field(least: number, most: number, names: readonly string[] = []): Arbitrary<string> {
  const number = integer({ min: least, max: most + 1 }).map(String);
  const value = names.length > 0 ? oneof(number, constantFrom(...names)) : number;
  const range = tuple(value, value).map(pair => pair.join('-'));
  const step = integer({ min: 0, max: most + 1 }).map(by => `/${by}`);
  const item = oneof(
    constant('*'),
    value,
    range,
    tuple(oneof(constant('*'), range, value), step).map(parts => parts.join('')),
  );
  return oneof(
    constant('*'),
    array(item, { minLength: 1, maxLength: 3 }).map(items => items.join(',')),
  );
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const texts = tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12, MONTHS), field(0, 7, DAYS)).map(fields => fields.join(' '));

/** A text that the API server lets through must never fail at run time. */
it('reads every cron text that the schema accepts', () => {
  const accepted = new Set<string>();
  assert(
    property(texts, cron => {
      if (!Cron.safeParse(cron).success) return;
      accepted.add(cron);
      cronTimeAfter({ cron }, NOW);
    }),
    { numRuns: 5000 },
  );
  expect(accepted.size).toBeGreaterThan(100);
});
