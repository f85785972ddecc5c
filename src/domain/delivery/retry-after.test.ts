import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const now = new Date('2026-11-26T08:00:00Z');

it.each<[string | undefined, number | undefined]>([
  ['120', 120_000],
  [' 0 ', 0],
  ['Thu, 26 Nov 2026 08:00:30 GMT', 30_000],
  ['Thu, 26 Nov 2026 07:00:00 GMT', 0],
  [undefined, undefined],
  ['', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['99999999999', undefined],
  ['2026', 2_026_000],
])('reads %j', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms);
});
