import { expect, it } from 'vitest';
import { notificationCounters } from './notification-counters.ts';

const failed = (reason: string) => `alertmanager_notifications_failed_total{integration="webhook",reason="${reason}"} 1\n`;

it.each(['a', 'a="', '} ', String.raw`a="\"`])('is not held up by a line of a million characters: %s', part => {
  const line = `alertmanager_notifications_total{${part.repeat(Math.floor(1_000_000 / part.length))}} 1`;
  const began = performance.now();
  expect(notificationCounters(line, 'awoooi')).toMatchObject({ failed: 0 });
  // With a time that grows with the square it would be minutes.
  expect(performance.now() - began).toBeLessThan(10_000);
});

it('adds up what failed for a reason, and is not held up by any number of reasons', () => {
  const invented = Array.from({ length: 12_000 }, (_, i) => failed(`r${i}`)).join('');
  const began = performance.now();
  const { failed: all, failedByReason } = notificationCounters(failed('clientError') + invented + failed('clientError'), 'awoooi');
  expect([all, failedByReason['clientError'], Object.keys(failedByReason).length]).toEqual([12_002, 2, 64]);
  // With a time that grows with the square it would be half a minute.
  expect(performance.now() - began).toBeLessThan(3_000);
});
