import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { asSender, canaryLabels, liveNonce, v4, webhookWorld } from '../../../test/builders/webhook-world.ts';

const ALERTMANAGER = '/api/v1/webhooks/alertmanager';
const CHANNEL_TEST = join(import.meta.dirname, '../../../test/fixtures/signoz/webhook-channel-test.json');
const soon = (): AbortSignal => AbortSignal.timeout(10_000);

function post(world: ReturnType<typeof webhookWorld>, body: string | object, url = ALERTMANAGER) {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  return world.app.inject({ method: 'POST', url, payload, headers: { ...asSender, 'content-type': 'application/json' } });
}

describe('drills', () => {
  it('records a canary with its receiver un-quoted, stores no alert and says so', async () => {
    const world = webhookWorld();
    const nonce = await liveNonce(world);
    const answer = await post(world, v4(canaryLabels(nonce, { severity: 'critical' }), { receiver: String.raw`awoooi\.default\(x\)` }));
    expect(answer.json()).toEqual({ status: 'accepted', incident_id: null, is_new: false, drill: true });
    expect((await world.drills.find(nonce, soon()))?.returns).toMatchObject([{ via: 'alertmanager', receiver: 'awoooi.default(x)' }]);
    expect(world.incidents.handed).toEqual([]);
    expect(world.counted).toEqual(
      expect.arrayContaining(['alertmanager drill 1', 'last', 'latency alertmanager', `POST ${ALERTMANAGER} 200`]),
    );
  });

  it('knows a canary also where it is called Watchdog, and takes it for no sign of Prometheus', async () => {
    const world = webhookWorld();
    const nonce = await liveNonce(world);
    await post(world, v4(canaryLabels(nonce, { alertname: 'Watchdog' })));
    expect(await world.watchdogs.list('alertmanager', soon())).toEqual([]);
    expect((await world.drills.find(nonce, soon()))?.returns).toMatchObject([{ receiver: 'awoooi' }]);
  });

  it('does not take the resolution of a canary for its return', async () => {
    const world = webhookWorld();
    const nonce = await liveNonce(world);
    const [alert] = z.object({ alerts: z.array(z.looseObject({})) }).parse(v4(canaryLabels(nonce))).alerts;
    const answer = await post(world, v4({}, { status: 'resolved', alerts: [{ ...alert, status: 'resolved' }] }));
    expect(answer.json()).toMatchObject({ drill: true });
    expect((await world.drills.find(nonce, soon()))?.returns).toEqual([]);
  });

  it('does not count a direct drill as a sign of a sender', async () => {
    const world = webhookWorld();
    const nonce = await liveNonce(world);
    await post(world, v4({ alertname: 'AwoooiDrill', severity: 'none', awoooi_drill: 'true', awoooi_nonce: nonce }));
    expect((await world.drills.find(nonce, soon()))?.returns).toHaveLength(1);
    expect(await world.intake.lastReceived(soon())).toBeUndefined();
    expect(world.counted).not.toContain('last');
  });

  it('takes a forged drill marker at severity critical for the alert it is', async () => {
    const world = webhookWorld();
    const answer = await post(world, v4(canaryLabels('abcdefghijklmnopqrstuvwxyz', { severity: 'critical' })));
    expect(answer.json()).toEqual({ status: 'accepted', incident_id: expect.stringMatching(/^inc-/), is_new: true });
    expect(world.incidents.handed).toHaveLength(1);
    expect(world.counted).toContain('alertmanager accepted 1');
  });

  it('knows SigNoz’s channel test as recorded, and the nonce in its name', async () => {
    const world = webhookWorld();
    const recorded = readFileSync(CHANNEL_TEST, 'utf8');
    const { body } = z.object({ body: z.looseObject({}) }).parse(JSON.parse(recorded));
    const url = '/api/v1/webhooks/signoz';
    expect((await post(world, body, url)).json()).toMatchObject({ drill: true });
    const nonce = await liveNonce(world);
    const ours = JSON.stringify(body).replaceAll('Test Alert (ops-hook)', `Test Alert (awoooi-canary-${nonce})`);
    await post(world, ours, url);
    expect((await world.drills.find(nonce, soon()))?.returns).toMatchObject([{ via: 'signoz', receiver: 'ops-hook' }]);
    expect(world.incidents.handed).toEqual([]);
  });
});
