import { expect, it } from 'vitest';
import { notificationCounters } from './notification-counters.ts';

it.each(['a', 'a="', '} ', String.raw`a="\"`])('is not held up by a line of a million characters: %s', part => {
  const line = `alertmanager_notifications_total{${part.repeat(Math.floor(1_000_000 / part.length))}} 1`;
  const began = performance.now();
  expect(notificationCounters(line, 'awoooi')).toMatchObject({ failed: 0 });
  // With a time that grows with the square it would be minutes.
  expect(performance.now() - began).toBeLessThan(10_000);
});
