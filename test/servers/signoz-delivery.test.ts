import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SignozWorld, signozWorld } from '../builders/signoz-world.ts';
import { eventually } from '../parts/eventually.ts';

const NO_END = '0001-01-01T00:00:00Z';

let world: SignozWorld;

beforeEach(async () => {
  world = await signozWorld();
});
afterEach(() => world.stop());

describe('a notification', () => {
  it('that meets a 5xx or a broken connection is tried again in the same flush', async () => {
    const { signoz, webhook, posted, answering } = world;
    const rule = await posted();
    answering(503);
    const fired = signoz.fire({ rule });
    await eventually(() => webhook.requests.length >= 2);
    webhook.breakWith({ is: 'reset' });
    await eventually(() => webhook.requests.length >= 4);
    webhook.mend();
    const [delivery] = await fired;
    expect(delivery).toEqual({ channel: 'ops-hook', attempts: webhook.requests.length });
    expect(new Set(webhook.requests.map(({ body }) => body)).size).toBe(1);
  });

  it('waits for the one before of its group', async () => {
    const { signoz, webhook, posted, toldTo, answering } = world;
    const rule = await posted();
    answering(503);
    const fired = signoz.fire({ rule });
    await eventually(() => webhook.requests.length >= 1);
    const ended = signoz.resolve({ rule });
    await eventually(() => webhook.requests.length >= 3);
    webhook.mend();
    await Promise.all([fired, ended]);
    const [last, ...before] = toldTo('ops-hook')
      .map(({ status }) => status)
      .toReversed();
    expect([last, new Set(before)]).toEqual(['resolved', new Set(['firing'])]);
  });

  it('that meets a 4xx is not, but in the next flush', async () => {
    const { signoz, webhook, posted, answering } = world;
    const rule = await posted();
    for (const status of [400, 429]) {
      answering(status);
      const [delivery] = await signoz.fire({ rule });
      expect(delivery).toEqual({ channel: 'ops-hook', attempts: 1, error: expect.stringContaining(`unexpected status code ${status}`) });
    }
    webhook.mend();
    expect(await signoz.flush()).toEqual([{ channel: 'ops-hook', attempts: 1 }]);
    expect(await signoz.flush()).toEqual([]);
  });

  it('of an end that nobody heard of is owed until somebody has', async () => {
    await world.stop();
    world = await signozWorld({ withinMs: 50 });
    const { signoz, webhook, posted, toldTo, answering } = world;
    const rule = await posted();
    await signoz.fire({ rule });
    answering(500);
    const [delivery] = await signoz.resolve({ rule });
    expect(delivery?.error).toContain('unexpected status code 500');
    webhook.mend();
    await signoz.flush();
    expect(toldTo('ops-hook').at(-1)).toMatchObject({ status: 'resolved' });
    await signoz.fire({ rule });
    expect(toldTo('ops-hook').at(-1)).toMatchObject({ status: 'firing', alerts: [{ endsAt: NO_END }] });
  });

  it('has no ends for a channel that wants none, and no more alerts than a channel takes', async () => {
    const { signoz, webhook, posted, toldTo } = world;
    signoz.setChannel({ name: 'ops-hook', webhook_configs: [{ url: `${webhook.url}/ops-hook`, send_resolved: false, max_alerts: 1 }] });
    const rule = await posted();
    await signoz.fire({ rule, labels: { pod: 'a' } });
    await signoz.fire({ rule, labels: { pod: 'b' } });
    expect(JSON.parse(webhook.requests.at(-1)?.body ?? '')).toMatchObject({ truncatedAlerts: 1, alerts: [{ labels: { pod: 'a' } }] });
    await signoz.resolve({ rule, labels: { pod: 'a' } });
    await signoz.resolve({ rule, labels: { pod: 'b' } });
    expect(toldTo('ops-hook').every(({ status }) => status === 'firing')).toBe(true);
  });
});
