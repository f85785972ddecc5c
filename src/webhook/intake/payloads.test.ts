import { deepStrictEqual } from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { recordingIncidents } from '../../../test/builders/recording-incidents.ts';
import { type RedisWebhookWorld, redisWebhookWorld } from '../../../test/builders/redis-webhook-world.ts';
import { asSender, URL_TOKEN, v4, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { growthBelow, heapBytes } from '../../../test/parts/heap.ts';

const ALERTMANAGER = '/api/v1/webhooks/alertmanager';
const SIGNOZ = '/api/v1/webhooks/signoz';
const SENTRY = `/api/v1/webhooks/sentry/error?token=${URL_TOKEN}`;
const MIB = 1024 * 1024;

type World = RedisWebhookWorld;

const worlds: World[] = [];

/** On Redis: what comes has to get through the store as well. */
async function redisWorld(): Promise<World> {
  const world = await redisWebhookWorld();
  worlds.push(world);
  return world;
}

async function lastShown(world: World): Promise<ReadonlySet<string>> {
  try {
    return await world.shown();
  } finally {
    await world.stop();
  }
}

afterEach(async () => {
  for (const world of worlds.splice(0)) {
    deepStrictEqual(await lastShown(world), world.incidents.opened);
    deepStrictEqual(world.lines, []);
  }
});

function post({ app }: Pick<World, 'app'>, payload: string | Buffer, { url = ALERTMANAGER, headers = {} } = {}) {
  return app.inject({ method: 'POST', url, payload, headers: { ...asSender, 'content-type': 'application/json', ...headers } });
}

const alertsOf = ({ incidents }: World) => incidents.handed.map(({ alert }) => alert);

it('takes 10,000 alerts in one body, each for itself', async () => {
  const world = await redisWorld();
  const alerts = Array.from({ length: 10_000 }, (_, n) => ({
    labels: { alertname: 'Disk', instance: `i${n}` },
    startsAt: '2026-11-23T08:00:00Z',
  }));
  const answer = await post(world, JSON.stringify({ alerts }));
  expect([answer.statusCode, answer.json<{ alerts: unknown[] }>().alerts.length]).toEqual([200, 10_000]);
  expect(new Set(alertsOf(world).map(({ fingerprint }) => fingerprint)).size).toBe(10_000);
  expect(world.incidents.asked()).toBe(1);
  const [incident] = (await world.incidents.list({ limit: 2 }, AbortSignal.timeout(5_000))).incidents;
  expect(incident?.occurrences).toBe(10_000);
});

it.each([
  ['a label', { labels: { alertname: 'Disk', text: 'x'.repeat(MIB) } }],
  ['the name', { labels: { alertname: 'D'.repeat(MIB) } }],
  ['the name of a label', { labels: { alertname: 'Disk', ['x'.repeat(MIB)]: '1' } }],
  ['100,000 labels', { labels: Object.fromEntries([...Array(100_000).keys()].map(n => [`l${n}`, '1'])) }],
  ['an annotation', { labels: { alertname: 'Disk' }, annotations: { description: 'é'.repeat(MIB) } }],
  ['a link', { labels: { alertname: 'Disk' }, generatorURL: `http://host/${'x'.repeat(MIB)}` }],
])('takes a megabyte in %s, and keeps as much of it as anybody could read', async (_, alert) => {
  const world = await redisWorld();
  expect((await post(world, JSON.stringify({ alerts: [alert] }))).statusCode).toBe(200);
  expect(JSON.stringify(alertsOf(world)).length).toBeLessThan(300_000);
  expect(alertsOf(world)).toHaveLength(1);
});

it.each([
  ['an annotation', (deep: string) => `{"alerts":[{"labels":{"alertname":"Disk"},"annotations":{"summary":${deep}}}]}`],
  ['a label', (deep: string) => `{"alerts":[{"labels":{"alertname":"Disk","text":${deep}}}]}`],
  ['a field that nobody knows', (deep: string) => `{"unknown":${deep},"alerts":[{"labels":{"alertname":"Disk"}}]}`],
])('takes an alert with a hundred thousand levels in %s', async (_, body) => {
  const world = await redisWorld();
  const levels = 100_000;
  expect((await post(world, body(`${'['.repeat(levels)}${']'.repeat(levels)}`))).statusCode).toBe(200);
  expect(alertsOf(world).map(({ name }) => name)).toEqual(['Disk']);
});

it('takes the last of duplicate keys, as every reader of JSON does', async () => {
  const world = await redisWorld();
  await post(world, '{"alerts":[],"alerts":[{"labels":{"alertname":"A","alertname":"B"},"labels":{"alertname":"C","alertname":"D"}}]}');
  expect(alertsOf(world).map(({ name }) => name)).toEqual(['D']);
});

it('puts U+FFFD for bytes that are no UTF-8, and leaves out a byte order mark', async () => {
  const world = await redisWorld();
  const [head = '', tail = ''] = JSON.stringify(v4({ alertname: 'Disk', text: '§' })).split('§');
  const body = Buffer.concat([
    Buffer.from([0xef, 0xbb, 0xbf]),
    Buffer.from(head),
    Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]),
    Buffer.from(tail),
  ]);
  expect((await post(world, body)).statusCode).toBe(200);
  expect(alertsOf(world)[0]?.labels['text']).toMatch(/^\ufffd+$/);
});

describe('__proto__', () => {
  it('is a label, an annotation or a field like any other', async () => {
    const world = await redisWorld();
    const answer = await post(
      world,
      '{"__proto__":{"alerts":[]},"alerts":[{"__proto__":{"status":"resolved"},"labels":{"alertname":"A","__proto__":"l"},"annotations":{"__proto__":"a","summary":"s"}}]}',
    );
    expect(answer.statusCode).toBe(200);
    const [alert] = alertsOf(world);
    expect(alert?.status).toBe('firing');
    expect(Object.entries({ ...alert?.labels })).toEqual([
      ['alertname', 'A'],
      ['__proto__', 'l'],
    ]);
    expect(Object.keys({ ...alert?.annotations })).toEqual(['__proto__', 'summary']);
    expect(Object.hasOwn(Object.prototype, 'alerts')).toBe(false);
  });

  it('makes no alert of a body that has nothing else', async () => {
    const world = await redisWorld();
    for (const url of [ALERTMANAGER, SIGNOZ, SENTRY]) {
      const answer = await post(world, '{"__proto__":{"alerts":[{"labels":{"a":"b"}}],"data":{"issue":{"id":"1"}}}}', { url });
      expect(answer.statusCode).toBe(400);
    }
  });
});

it('takes halves of surrogate pairs, and numbers as texts and texts as numbers', async () => {
  const world = await redisWorld();
  const body = '{"truncatedAlerts":"1","status":"firing","alerts":[{"labels":{"alertname":"\\ud800A","shard":7},"startsAt":"1795420800"}]}';
  expect((await post(world, body)).statusCode).toBe(200);
  expect(alertsOf(world)[0]).toMatchObject({ labels: { alertname: '\ufffdA', shard: '7' }, occurrence: '1795420800000' });
  const flat = '{"data":{"issue":{"id":42,"title":"\\udc00","count":"3","level":7},"event":{"event_id":9}}}';
  expect((await post(world, flat, { url: SENTRY })).statusCode).toBe(200);
  expect(alertsOf(world)[1]).toMatchObject({ name: '\ufffd', fingerprint: '42', occurrence: '9' });
});

it.each([ALERTMANAGER, SIGNOZ, SENTRY])('refuses what is compressed at %s with a sentence, and unpacks nothing', async url => {
  const world = await redisWorld();
  const bomb = gzipSync(Buffer.alloc(64 * MIB));
  for (const encoding of ['gzip', 'br', 'deflate', 'gzip, identity']) {
    const answer = await post(world, bomb, { url, headers: { 'content-encoding': encoding } });
    expect([answer.statusCode, answer.json<{ message: string }>().message]).toEqual([400, expect.stringContaining('Content-Encoding')]);
  }
  expect((await post(world, bomb, { url })).statusCode).toBe(400);
  expect((await post(world, JSON.stringify(v4({ alertname: 'A' })), { headers: { 'content-encoding': 'Identity' } })).statusCode).toBe(200);
});

it('keeps nothing of what it has answered', async () => {
  const { app } = webhookWorld({
    incidents: {
      ...recordingIncidents(),
      ingest: async alerts => alerts.map(({ newId }) => ({ is: 'accepted', incidentId: newId, isNew: true })),
    },
    metrics: { received() {}, lastReceived() {}, unauthenticated() {}, webhook() {}, route() {}, request() {} },
  });
  const alerts = Array.from({ length: 2000 }, (_, n) => ({ labels: { alertname: `A${n}`, text: 'x'.repeat(2000) } }));
  const body = JSON.stringify({ alerts });
  const round = async (): Promise<void> => {
    for (let n = 0; n < 5; n++) expect((await post({ app }, body)).statusCode).toBe(200);
  };
  await round();
  const before = heapBytes();
  await round();
  await round();
  expect(await growthBelow(16 * MIB, before)).toBeLessThan(16 * MIB);
});
