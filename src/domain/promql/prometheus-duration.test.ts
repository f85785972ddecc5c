import { expect, it } from 'vitest';
import { goDuration } from './prometheus-duration.ts';

it.each([
  ['5m', '5m'],
  ['1d', '24h'],
  ['1w', '168h'],
  ['1y', '8760h'],
  ['1d12h', '36h'],
  ['1h30m', '1h30m'],
  ['90s', '90s'],
  ['1m30s', '1m30s'],
  ['500ms', '500ms'],
  ['0', '0s'],
  ['0s', '0s'],
  ['0m', '0s'],
  ['2w3d4h5m6s7ms', '412h5m6s7ms'],
  ['', undefined],
  ['5', undefined],
  ['m', undefined],
  ['5m1h', undefined],
  ['-5m', undefined],
  ['1.5h', undefined],
  ['five minutes', undefined],
  ['99999999h', undefined],
])('says %s as SigNoz does: %s', (text, expected) => {
  expect(goDuration(text)).toBe(expected);
});
