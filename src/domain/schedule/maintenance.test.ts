import { expect, it } from 'vitest';
import { inMaintenance } from './maintenance.ts';

const sunday = { cron: '0 3 * * SUN', duration: '1h', timeZone: 'Asia/Taipei' };
const daily = { cron: '0 0 * * *', duration: '36h' };
const spring = { cron: '30 1 * * *', duration: '1h', timeZone: 'Europe/Berlin' };

it.each([
  ['before a window', [sunday], '2026-01-03T18:59:59.999Z', false],
  ['at its first moment', [sunday], '2026-01-03T19:00:00Z', true],
  ['in the middle', [sunday], '2026-01-03T19:30:00Z', true],
  ['at its last millisecond', [sunday], '2026-01-03T19:59:59.999Z', true],
  ['at its end', [sunday], '2026-01-03T20:00:00Z', false],
  ['on another day', [sunday], '2026-01-04T19:30:00Z', false],
  ['in windows that overlap', [daily], '2026-01-04T13:00:00Z', true],
  ['in the second of two', [sunday, { cron: '0 12 * * *', duration: '5m' }], '2026-01-02T12:04:00Z', true],
  ['with no windows', [], '2026-01-01T00:00:00Z', false],
  ['an hour after the start, across the gap of spring', [spring], '2026-03-29T01:29:00Z', true],
  ['and no longer than an hour', [spring], '2026-03-29T01:30:00Z', false],
  ['in a window that never opens', [{ cron: '0 0 31 2 *', duration: '1h' }], '2026-02-28T00:00:00Z', false],
])('%s', (_, windows, now, expected) => {
  expect(inMaintenance(windows, new Date(now))).toBe(expected);
});
