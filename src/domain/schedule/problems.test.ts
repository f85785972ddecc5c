import { expect, it } from 'vitest';
import { scheduleProblems } from './problems.ts';

const NOW = new Date('2026-01-01T00:00:00Z');

it.each([
  ['a right cron text', { schedule: { cron: '*/5 * * * *', timeZone: 'Asia/Taipei' }, maintenance: [] }, []],
  ['an interval', { schedule: { every: '5m' }, maintenance: [] }, []],
  [
    'a day that never comes',
    { schedule: { cron: '0 0 30-31 2 *' }, maintenance: [] },
    ["spec.schedule.cron: '0 0 30-31 2 *' names a day that no calendar has; give one that comes, such as '0 0 1 * *'"],
  ],
  [
    'a time zone that this process does not know, in a window',
    { schedule: { every: '5m' }, maintenance: [{ cron: '0 0 * * *', duration: '1h', timeZone: 'Mars/Phobos' }] },
    [expect.stringContaining("spec.maintenance[0]: '0 0 * * *' in Mars/Phobos cannot be read as a cron text")],
  ],
  [
    'a text that is none',
    { schedule: { cron: 'often' }, maintenance: [] },
    [expect.stringContaining("spec.schedule: 'often' in UTC cannot be read")],
  ],
])('%s', (_, spec, expected) => {
  expect(scheduleProblems(spec, NOW)).toEqual(expected);
});
