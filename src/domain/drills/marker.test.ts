import { expect, it } from 'vitest';
import { channelTestName, channelTestNonce } from './marker.ts';
import { NONCE_PATTERN, newNonce } from './nonce.ts';

it('makes nonces of the promised shape, no two alike', () => {
  const nonces = Array.from({ length: 1000 }, () => newNonce());
  expect(nonces.filter(nonce => !NONCE_PATTERN.test(nonce))).toEqual([]);
  expect(new Set(nonces).size).toBe(1000);
});

it('reads back from a channel test the nonce that went into its name', () => {
  const nonce = newNonce();
  expect(channelTestNonce(`Test Alert (${channelTestName(nonce)})`)).toBe(nonce);
});

it.each(['Test Alert (ops)', 'Test Alert (awoooi-canary-SHORT)', 'HighLatency'])('finds no nonce in %s', alertname => {
  expect(channelTestNonce(alertname)).toBeUndefined();
});
