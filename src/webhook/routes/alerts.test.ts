import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { asSender, canaryLabels, liveNonce, v4, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { PortError } from '../../domain/ports/port-error.ts';

const ALERTMANAGER = '/api/v1/webhooks/alertmanager';
const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const epoch = new Date(0);

const Labels = z.record(z.string(), z.string());
const Fixture = z.object({
  request: z.object({ method: z.string(), headers: Labels }),
  body: z.union([
    z.literal(''),
    z.looseObject({ receiver: z.string(), alerts: z.array(z.looseObject({ status: z.string(), labels: Labels, startsAt: z.string() })) }),
  ]),
});
const FOLDER = join(import.meta.dirname, '../../../test/fixtures/alertmanager');
const fixtures = readdirSync(FOLDER).map(name => [name, Fixture.parse(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')))] as const);
const payloads = fixtures.flatMap(([name, { request, body }]) => (body === '' ? [] : [[name, request, body] as const]));

function post(world: ReturnType<typeof webhookWorld>, body: unknown, url = ALERTMANAGER) {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return world.app.inject({ method: 'POST', url, payload, headers: { ...asSender, 'content-type': 'application/json' } });
}

describe('payloads as three versions of Alertmanager sent them', () => {
  it('are all here', () => {
    expect(payloads).toHaveLength(18);
  });

  it.each(payloads)('%s', async (name, request, body) => {
    const world = webhookWorld();
    const headers = { ...request.headers, ...asSender };
    const answer = await world.app.inject({
      method: 'POST',
      url: ALERTMANAGER,
      payload: `${JSON.stringify(body)}\n`,
      headers: without(headers, 'content-length'),
    });
    expect(answer.statusCode).toBe(200);
    const isWatchdog = name.includes('watchdog');
    const accepted = { status: 'accepted', incident_id: expect.stringMatching(/^inc-\d\d-\d{13}$/), is_new: expect.any(Boolean) };
    const drill = { status: 'accepted', incident_id: null, is_new: false, drill: true };
    const never = { status: 'ignored', reason: expect.stringContaining('nothing is known of a firing') };
    const all = body.alerts.map(({ status }) => (isWatchdog ? drill : status === 'firing' ? accepted : never));
    expect(answer.json()).toEqual(all.length === 1 ? all[0] : { ...all[0], alerts: all });

    const { alerts } = body;
    const said = alerts.map(({ status, labels, fingerprint, startsAt }) => [status, labels, fingerprint, Date.parse(startsAt)]);
    const handed = world.incidents.handed.map(({ alert }) => alert).filter(({ name }) => name !== 'AlertChainBroken');
    expect(handed.map(({ status, labels, fingerprint, startsAt }) => [status, labels, fingerprint, startsAt?.getTime()])).toEqual(
      isWatchdog ? [] : said,
    );
    expect(handed.map(({ occurrence, startsAt }) => occurrence === String(startsAt?.getTime()))).toEqual(handed.map(() => true));
    const seen = await world.watchdogs.list('alertmanager', soon());
    expect(seen.map(({ status, labels }) => ({ status, labels }))).toEqual(
      isWatchdog ? alerts.map(({ status, labels }) => ({ status, labels })) : [],
    );
    expect(await world.intake.lastReceived(soon())).toBeInstanceOf(Date);
  });
});

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

it('knows the GET that a redirect makes of an alert, and keeps it as evidence', async () => {
  const world = webhookWorld();
  const answer = await world.app.inject({ method: 'GET', url: ALERTMANAGER, headers: { 'user-agent': 'Alertmanager/0.33.1' } });
  expect(answer.statusCode).toBe(405);
  expect(answer.headers['allow']).toBe('POST');
  const [refusal] = await eventually(async () => nonEmpty(await world.drills.refusalsSince(epoch, soon())));
  expect(refusal).toMatchObject({ status: 405, route: ALERTMANAGER, userAgent: 'Alertmanager/0.33.1', nonces: [], remote: '127.0.0.1' });
});

const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

describe('lenience', () => {
  it.each([
    [
      'the flat form',
      {
        alertname: 'Disk',
        status: 'firing',
        labels: { severity: 'critical' },
        annotations: { summary: 's' },
        startsAt: '2026-11-23T08:00:00Z',
      },
    ],
    ['the flat form without labels', { alertname: 'Disk' }],
    ['v4 with nothing but labels', { alerts: [{ labels: { alertname: 'Disk' } }] }],
    ['numbers, booleans and null among the labels', { alerts: [{ labels: { alertname: 'Disk', shard: 3, up: false, gone: null } }] }],
    ['null annotations and no end', { alerts: [{ labels: { alertname: 'Disk' }, annotations: null, endsAt: null }] }],
    ['a status in capitals', { alerts: [{ status: 'FIRING', labels: { alertname: 'Disk' } }] }],
    ['a status with a blank', { alerts: [{ status: 'Firing ', labels: { alertname: 'Disk' } }] }],
    ['a status that is no text', { alerts: [{ status: null, labels: { alertname: 'Disk' } }] }],
    ['times that are numbers', { alerts: [{ labels: { alertname: 'Disk' }, startsAt: 1_763_884_800, endsAt: 5 }] }],
    ['annotations that are text', { alerts: [{ labels: { alertname: 'Disk' }, annotations: 'none' }] }],
    ['annotations that are a list', { alertname: 'Disk', annotations: ['none'] }],
    ['a name beside labels that are none', { alertname: 'Disk', labels: 'none' }],
    ['labels beside a name that is none', { alertname: '', labels: { alertname: 'Disk' } }],
  ])('takes %s', async (_, body) => {
    for (const url of [ALERTMANAGER, '/api/v1/webhooks/signoz', '/api/v1/webhooks/signoz/alert', `${ALERTMANAGER}/`]) {
      const world = webhookWorld();
      const answer = await post(world, body, url);
      expect([answer.statusCode, answer.json()]).toEqual([
        200,
        { status: 'accepted', incident_id: expect.stringMatching(/^inc-/), is_new: true },
      ]);
      expect(world.incidents.handed[0]?.alert).toMatchObject({ status: 'firing', labels: { alertname: 'Disk' } });
    }
  });

  it('takes naive times for UTC, and leaves out what is no time', async () => {
    const world = webhookWorld();
    const labels = { alertname: 'Disk' };
    await post(world, { alerts: [{ labels, startsAt: '2026-11-23 08:00:00.5', endsAt: 'soon' }] });
    expect(world.incidents.handed[0]?.alert).toMatchObject({ status: 'firing', labels, startsAt: new Date('2026-11-23T08:00:00.5Z') });
  });

  it('gives one bad alert among good ones an entry of its own', async () => {
    const world = webhookWorld();
    const answer = await post(world, {
      alerts: [{ labels: { alertname: 'A' } }, { labels: 'none' }, { labels: { alertname: 'C' } }],
    });
    expect(answer.statusCode).toBe(200);
    const accepted = { status: 'accepted', incident_id: expect.stringMatching(/^inc-/), is_new: true };
    const rejected = { status: 'rejected', error: expect.stringMatching(/^alerts\[1\]\.labels: /) };
    expect(answer.json()).toEqual({ ...accepted, alerts: [accepted, rejected, accepted] });
    expect(world.incidents.handed).toHaveLength(2);
    expect(world.counted).toContain('alertmanager rejected 1');
  });

  it('ignores a body without alerts', async () => {
    expect((await post(webhookWorld(), { alerts: [] })).json()).toMatchObject({ status: 'ignored' });
  });

  it.each([
    ['nothing', '', 'the body is empty'],
    ['text', 'hello', 'the body is not JSON'],
    ['a list', '[]', 'neither'],
    ['an object of another kind', '{"text":"hi"}', 'neither'],
    ['alerts that are no list', '{"alerts":{}}', 'neither'],
    ['only bad alerts', '{"alerts":[{"labels":{}}]}', 'alerts[0].labels'],
    ['a status of another kind', '{"alertname":"x","status":"maybe"}', 'must be firing or resolved'],
  ])('refuses %s with a sentence', async (_, body, sentence) => {
    const world = webhookWorld();
    const answer = await post(world, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ message: string }>().message).toContain(sentence);
    await eventually(async () => (await world.drills.refusalsSince(epoch, soon())).length === 1);
  });
});

function bodyOf(bytes: number): string {
  const frame = JSON.stringify(v4({ alertname: 'Big', filler: '' }));
  return frame.replace('"filler":""', `"filler":"${'x'.repeat(bytes - frame.length)}"`);
}

describe('too large', () => {
  it('takes 8 MiB and refuses one byte more with 413 and evidence', async () => {
    const world = webhookWorld();
    expect((await post(world, bodyOf(8 * 1024 * 1024))).statusCode).toBe(200);
    const answer = await post(world, bodyOf(8 * 1024 * 1024 + 1));
    expect(answer.statusCode).toBe(413);
    const [refusal] = await eventually(async () => nonEmpty(await world.drills.refusalsSince(epoch, soon())));
    expect(refusal).toMatchObject({ status: 413, nonces: [] });
    expect(world.incidents.handed).toHaveLength(1);
  });
});

describe('the store away', () => {
  it('answers 503, and writes what it refused with its own time once the store is back', async () => {
    let away = true;
    const through = async <T>(work: () => Promise<T>): Promise<T> => {
      if (away) throw new PortError('unavailable', 'Redis did not answer');
      return work();
    };
    const { incidents, drills } = webhookWorld();
    const world = webhookWorld({
      incidents: { ...incidents, ingest: (alerts, signal) => through(() => incidents.ingest(alerts, signal)) },
      drills: {
        ...drills,
        isLive: (nonce, signal) => through(() => drills.isLive(nonce, signal)),
        recordRefusal: (refusal, signal) => through(() => drills.recordRefusal(refusal, signal)),
      },
    });
    const nonce = await liveNonce({ drills });
    const answer = await post(world, v4(canaryLabels(nonce)));
    const answeredBy = new Date();
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ error: 'Service Unavailable', message: 'the store is away, so nothing was taken; send it again' });
    expect((await post(world, v4({ alertname: 'Disk' }))).statusCode).toBe(503);
    expect(await drills.refusalsSince(epoch, soon())).toEqual([]);
    away = false;
    const refusals = await eventually(async () => {
      const found = await drills.refusalsSince(epoch, soon());
      return found.length === 2 && found;
    });
    expect(refusals[0]).toMatchObject({ status: 503, nonces: [nonce], route: ALERTMANAGER });
    expect(refusals[0]?.at.getTime()).toBeLessThanOrEqual(answeredBy.getTime());
    expect(world.counted.filter(line => line.includes('rejected'))).toEqual([]);
    expect((await post(world, v4(canaryLabels(nonce)))).statusCode).toBe(200);
    await world.app.close();
  });
});

it('keeps an alert that is posted to a path that is none as evidence', async () => {
  const world = webhookWorld();
  const nonce = await liveNonce(world);
  const answer = await post(world, v4(canaryLabels(nonce)), '/api/v1/webhook/alertmanager?token=hidden');
  expect(answer.statusCode).toBe(404);
  const [refusal] = await eventually(async () => nonEmpty(await world.drills.refusalsSince(epoch, soon())));
  expect(refusal).toMatchObject({ status: 404, route: '/api/v1/webhook/alertmanager', nonces: [nonce] });
  expect(world.counted).toContain('POST unmatched 404');
});

describe('bodies that ask for too much', () => {
  const tiny = { labels: { a: 'b' } };

  it.each([['more alerts than one command stores', { alerts: Array.from({ length: 20_001 }, () => tiny) }]])(
    '%s: 413, and nothing is taken',
    async (_, body) => {
      const world = webhookWorld();
      const answer = await post(world, body);
      expect([answer.statusCode, answer.json()['message']]).toEqual([413, expect.stringContaining('set max_alerts')]);
      expect(world.incidents.handed).toEqual([]);
    },
  );
});

it.each([{ receiver: null }, { status: null }, { receiver: 7, status: ['firing'] }])(
  'loses no alert of a list because of what stands beside it: %j',
  async beside => {
    const world = webhookWorld();
    const answer = await post(world, { ...beside, labels: { x: 'y' }, alerts: [{ labels: { alertname: 'Down' } }] });
    expect(answer.statusCode).toBe(200);
    expect(world.incidents.handed.map(({ alert }) => alert.labels)).toEqual([{ alertname: 'Down' }]);
  },
);
