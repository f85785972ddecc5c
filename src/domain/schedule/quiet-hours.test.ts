import { expect, it } from 'vitest';
import { quietForMs } from './quiet-hours.ts';

const night = { from: 22 * 60, to: 7 * 60, timeZone: 'UTC' };
const noon = { from: 12 * 60, to: 13 * 60 + 30, timeZone: 'UTC' };
const MINUTE = 60_000;

it.each([
  ['before', night, '2026-11-26T21:59:59.999Z', 0],
  ['from the first minute', night, '2026-11-26T22:00:00Z', 9 * 60 * MINUTE],
  ['over midnight', night, '2026-11-27T00:30:15.500Z', 6.5 * 60 * MINUTE - 15_500],
  ['to the last millisecond', night, '2026-11-27T06:59:59.999Z', 1],
  ['and not after', night, '2026-11-27T07:00:00Z', 0],
  ['within a day', noon, '2026-11-26T12:30:00Z', 60 * MINUTE],
  ['not before it', noon, '2026-11-26T11:59:00Z', 0],
  ['by the clock of its time zone', { ...night, timeZone: 'Asia/Taipei' }, '2026-11-26T14:00:00Z', 9 * 60 * MINUTE],
  ['and not by ours', { ...night, timeZone: 'Asia/Taipei' }, '2026-11-26T23:00:00Z', 0],
  ['in a zone of half an hour', { ...night, timeZone: 'Asia/Kolkata' }, '2026-11-26T16:30:00Z', 9 * 60 * MINUTE],
])('is quiet %s', (_, hours, now, expected) => {
  expect(quietForMs(hours, new Date(now))).toBe(expected);
});
