import { expect, it } from 'vitest';
import { asSender, v4, webhookWorld } from '../../../test/builders/webhook-world.ts';

const ALERTMANAGER = '/api/v1/webhooks/alertmanager';

/** Stands in a body for something that no JSON.stringify could write. */
const deep = (levels: number): string => `deep ${levels}`;

function raw(body: object): string {
  return JSON.stringify(body).replaceAll(/"deep (\d+)"/g, (_, levels) => '['.repeat(Number(levels)) + ']'.repeat(Number(levels)));
}

function post(world: ReturnType<typeof webhookWorld>, body: object, url = ALERTMANAGER) {
  return world.app.inject({ method: 'POST', url, payload: raw(body), headers: asSender });
}

const ANY_TYPE = [
  '',
  'json',
  'text/plain',
  'application/json, text/plain',
  'application/vnd.x+json',
  'a b/c',
  'multipart/form-data',
  undefined,
].map(type => [type ?? 'none', type === undefined ? {} : { 'content-type': type }] as const);

it('keeps the text of labels that are no text', async () => {
  const world = webhookWorld();
  await post(world, {
    alerts: [{ labels: { alertname: 'Disk', pod: { name: 'a' }, zones: ['a', 1], shard: 3, up: false, gone: null } }],
  });
  const labels = { alertname: 'Disk', pod: '{"name":"a"}', zones: '["a",1]', shard: '3', up: 'false' };
  expect(world.incidents.handed[0]?.alert.labels).toEqual(labels);
});

it.each([[['none']], [{ is: 'none' }], [deep(5000)]])(
  'takes a marker beside a severity that is no text for the alert it is',
  async severity => {
    const world = webhookWorld();
    const labels = { alertname: 'Disk', awoooi_drill: 'true', awoooi_watchdog: 'true', severity };
    const answer = await post(world, { labels }, '/api/v1/webhooks/signoz');
    expect(answer.json()).toEqual({ status: 'accepted', incident_id: expect.stringMatching(/^inc-/), is_new: true });
    expect(world.incidents.handed).toHaveLength(1);
  },
);

it.each([{ toString: 0 }, [{ valueOf: null, toString: null }], 'many', true, null])(
  'takes the alerts of a body that says it left out %j of them',
  async truncatedAlerts => {
    const world = webhookWorld();
    const answer = await post(world, { ...v4({ alertname: 'Disk' }), truncatedAlerts });
    expect([answer.statusCode, world.incidents.handed.length]).toEqual([200, 1]);
  },
);

it.each(ANY_TYPE)('takes the content type %j', async (_, type) => {
  const world = webhookWorld();
  const payload = JSON.stringify(v4({ alertname: 'Disk' }));
  const answer = await world.app.inject({ method: 'POST', url: ALERTMANAGER, payload, headers: { ...asSender, ...type } });
  expect([answer.statusCode, world.incidents.handed.length]).toEqual([200, 1]);
  const text = await world.app.inject({ method: 'POST', url: ALERTMANAGER, payload: 'a=b', headers: { ...asSender, ...type } });
  expect([text.statusCode, text.json<{ message: string }>().message]).toEqual([400, 'the body is not JSON']);
  const lost = await world.app.inject({ method: 'POST', url: '/api/v1/webhook', payload, headers: { ...asSender, ...type } });
  const put = await world.app.inject({ method: 'PUT', url: ALERTMANAGER, payload, headers: { ...asSender, ...type } });
  expect([lost.statusCode, put.statusCode]).toEqual([404, 405]);
});

it.each([5000, 500_000])('loses no alert of a body because of what is nested %i deep beside it', async levels => {
  const world = webhookWorld();
  const body = {
    groupKey: deep(levels),
    receiver: 'awoooi',
    alerts: [
      { labels: { alertname: 'A' }, x: deep(levels), y: { z: [1] } },
      { labels: { alertname: 'B', x: deep(levels) }, annotations: { x: deep(levels) } },
      { labels: { alertname: 'C' }, startsAt: deep(levels), status: deep(levels) },
    ],
  };
  const answer = await post(world, body);
  expect(answer.statusCode).toBe(200);
  const [a, b, c] = world.incidents.handed.map(({ alert }) => alert);
  expect([a?.labels, b?.labels, c?.labels]).toEqual([
    { alertname: 'A' },
    { alertname: 'B', x: expect.stringContaining('nested too deep') },
    { alertname: 'C' },
  ]);
  expect([c?.status, c?.startsAt, c?.occurrence]).toEqual(['firing', undefined, undefined]);
});
