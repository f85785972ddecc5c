import fc from 'fast-check';
import { expect, it } from 'vitest';
import { durationText, nanosecondsOf } from './go-duration.ts';

it.each<[unknown, string]>([
  ['5m', '5m'],
  ['5m0s', '5m'],
  ['300s', '5m'],
  [300_000_000_000, '5m'],
  ['90m', '1h30m'],
  ['1h30m0s', '1h30m'],
  ['24h', '24h'],
  ['0.5h', '30m'],
  ['1.5s', '1s500ms'],
  ['.5s', '500ms'],
  ['1.s', '1s'],
  ['1h.5m', '1h30s'],
  ['100us', '100us'],
  ['100µs', '100us'],
  ['100μs', '100us'],
  ['0.5ns', '0s'],
  ['0.1ms1.9ns', '100us1ns'],
  ['-1.5h', '-1h30m'],
  ['+3s', '3s'],
  ['0', '0s'],
  ['-0', '0s'],
  ['00005m', '5m'],
  ['2540400h10m10.000000001s', '2540400h10m10s1ns'],
  [1.9, '1ns'],
  [-60e9, '-1m'],
])('reads %j as %s', (given, text) => {
  const ns = nanosecondsOf(given);
  expect(ns === undefined ? undefined : durationText(ns)).toBe(text);
});

const texts = ['', ' 5m', '5m ', '5', '1d', '5x', 's', '.s', '.', '-', '+', '5m3', '--5m', '1e3s', '5M', '2562047h48m', '5m\n'];
/** Go would read the first, which nobody writes. */
const others = [
  `${'0'.repeat(100)}5m`,
  `${'9'.repeat(100_000)}s`,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e300,
  undefined,
  null,
  true,
  {},
  ['5m'],
];

it.each<unknown>([...texts, ...others])('reads no duration in %j', given => {
  expect(nanosecondsOf(given)).toBeUndefined();
});

it('reads back whatever it wrote', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }), ns => {
      expect(nanosecondsOf(durationText(ns))).toBe(ns);
    }),
  );
});
