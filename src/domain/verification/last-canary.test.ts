import { expect, it } from 'vitest';
import type { HopStatus } from '../../crds/alertchainprobe/status.ts';
import { lastCanary } from './last-canary.ts';

const probe = (...hops: HopStatus[]) => ({ status: { hops } });
const hop = (type: string, lastSuccessTime?: string): HopStatus => ({
  name: type,
  type,
  result: 'Passed',
  ...(lastSuccessTime !== undefined && { lastSuccessTime }),
});

it('is the newest proof of the way of a sender, by whichever probe', () => {
  const probes = [
    probe(hop('AlertmanagerCanary', '2026-11-27T10:00:00Z'), hop('SentryWebhook', '2026-11-27T10:09:00Z')),
    probe(hop('AlertmanagerCanary', '2026-11-27T10:05:00Z')),
  ];
  expect(lastCanary(probes, 'alertmanager')).toEqual(new Date('2026-11-27T10:05:00Z'));
  expect(lastCanary(probes, 'sentry')).toEqual(new Date('2026-11-27T10:09:00Z'));
});

it('is none where no hop proves that way, or none of them ever passed', () => {
  const probes = [
    {},
    probe(hop('Health', '2026-11-27T10:00:00Z'), hop('AlertmanagerWebhook', '2026-11-27T10:00:00Z'), hop('SignozCanary')),
  ];
  expect(lastCanary(probes, 'signoz')).toBeUndefined();
  expect(lastCanary(probes, 'alertmanager')).toBeUndefined();
});
