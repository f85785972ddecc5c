import { describe, expect, it } from 'vitest';
import { alertChainProbe, run } from '../../../test/builders/alert-chain-probe.ts';
import {
  API_TOKEN,
  asCaller,
  asSender,
  canaryLabels,
  CREDENTIALS,
  listening,
  liveNonce,
  v4,
  webhookWorld,
} from '../../../test/builders/webhook-world.ts';
import { PortError } from '../../domain/ports/port-error.ts';

type World = ReturnType<typeof webhookWorld>;
const get = (world: World, url: string, headers: Record<string, string> = asCaller) => world.app.inject({ url, headers });
const post = (world: World, url: string, payload?: object) =>
  world.app.inject({ method: 'POST', url, headers: asCaller, ...(payload && { payload }) });
const sendCanary = (world: World, nonce: string, headers: Record<string, string> = asSender, receiver = 'awoooi') =>
  world.app.inject({ method: 'POST', url: '/api/v1/webhooks/alertmanager', headers, payload: v4(canaryLabels(nonce), { receiver }) });

const good = { name: 'api', type: 'Health', result: 'Passed' as const };
const bad = { name: 'paging', type: 'AlertmanagerCanary', result: 'Failed' as const, cause: 'Silenced', message: 'silence 42 matches.' };
function probe(...hops: (typeof good | typeof bad)[]) {
  const phase = hops.every(({ result }) => result === 'Passed') ? ('Passed' as const) : ('Failed' as const);
  return alertChainProbe({
    status: { observedGeneration: 3, runToken: '', hops, lastRun: run({ phase, startedAt: new Date(Date.now() - 60_000).toISOString() }) },
  });
}

describe('the API', () => {
  it.each([
    ['GET', '/api/v1/drills/abcdefghijklmnopqrstuvwxyz'],
    ['POST', '/api/v1/drills'],
    ['GET', '/api/v1/probes/prod/production/verdict'],
    ['POST', '/api/v1/gates/flagger'],
    ['GET', '/api/v1/watchdogs'],
    ['GET', '/api/v1/incidents'],
    ['GET', '/api/v1/incidents/inc-03-aaaaaaaaaaaaa'],
    ['POST', '/api/v1/incidents/inc-03-aaaaaaaaaaaaa/acknowledge'],
    ['POST', '/api/v1/incidents/inc-03-aaaaaaaaaaaaa/resolve'],
    ['GET', '/api/v1/traces/HighLatency'],
    ['GET', '/api/v1/deliveries'],
    ['POST', '/api/v1/deliveries/retry'],
    ['POST', '/api/v1/repairs/outcomes'],
  ] as const)('asks for a token at %s %s', async (method, url) => {
    const world = webhookWorld();
    for (const headers of [{}, { authorization: 'Bearer wrong' }, asSender]) {
      const answer = await world.app.inject({ method, url, headers });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    }
  });

  it('takes a rotated credential without a restart', async () => {
    let credentials = CREDENTIALS;
    const world = webhookWorld({ credentials: () => credentials });
    const next = { authorization: 'Bearer next-token' };
    expect((await sendCanary(world, await liveNonce(world), next)).statusCode).toBe(401);
    credentials = { ...CREDENTIALS, alertmanager: { bearerTokens: ['next-token'], basic: [] } };
    expect((await sendCanary(world, await liveNonce(world), next)).statusCode).toBe(200);
    expect((await sendCanary(world, await liveNonce(world))).statusCode).toBe(401);
  });
});

describe('drills', () => {
  it('are registered, and known to be back as soon as they are', async () => {
    const world = webhookWorld();
    const answer = await post(world, '/api/v1/drills', { ttlSeconds: 60, count: 2 });
    expect(answer.statusCode).toBe(201);
    const [first, second] = answer.json<{ drills: { nonce: string; expiresAt: string }[] }>().drills;
    if (!first || !second) throw new Error('two were asked for');
    expect(Date.parse(first.expiresAt)).toBeGreaterThan(Date.now() + 50_000);
    expect((await world.drills.find(first.nonce, AbortSignal.timeout(5000)))?.drill.owner).toBe('pipeline');

    const waiting = get(world, `/api/v1/drills/${first.nonce}?wait=20s`);
    await sendCanary(world, first.nonce);
    expect((await waiting).json()).toMatchObject({
      nonce: first.nonce,
      returned: true,
      via: 'alertmanager',
      receiver: 'awoooi',
      refusals: [],
    });
    expect((await get(world, `/api/v1/drills/${second.nonce}`)).json()).toMatchObject({ returned: false });
    expect((await get(world, `/api/v1/drills/${second.nonce}?wait=50ms`)).json()).toMatchObject({ returned: false });
  });

  it('are waited for through one receiver, whatever others that post here bring', async () => {
    const world = webhookWorld();
    const nonce = await liveNonce(world);
    const waiting = get(world, `/api/v1/drills/${nonce}?wait=20s&receiver=awoooi`);
    await sendCanary(world, nonce, asSender, 'log');
    expect((await get(world, `/api/v1/drills/${nonce}?receiver=awoooi`)).json()).toMatchObject({ returned: true, receiver: 'log' });
    await sendCanary(world, nonce);
    expect((await waiting).json()).toMatchObject({ receiver: 'awoooi', returns: [{ receiver: 'log' }, { receiver: 'awoooi' }] });
    expect((await get(world, `/api/v1/drills/${nonce}?wait=20s`)).json()).toMatchObject({ returned: true, receiver: 'log' });
  });

  it('come with what this server refused of them', async () => {
    const world = webhookWorld();
    const [mine, other] = [await liveNonce(world), await liveNonce(world)];
    await sendCanary(world, mine, {});
    await sendCanary(world, other, { authorization: 'Bearer wrong' });
    const { refusals } = (await get(world, `/api/v1/drills/${mine}?wait=50ms`)).json<{ refusals: object[] }>();
    expect(refusals).toEqual([expect.objectContaining({ status: 401, nonces: [mine], reason: 'the request has no Authorization header' })]);
  });

  it('come with refusals of theirs from whatever clock, and with unread ones, but not with those of other alerts', async () => {
    const world = webhookWorld();
    const nonce = await liveNonce(world);
    const common = { route: '/x', status: 401 };
    const refusals = [
      { ...common, at: new Date(0), reason: 'mine, by a clock that was set', nonces: [nonce], bodyRead: true },
      { ...common, at: new Date(), reason: 'unread', nonces: [] },
      { ...common, at: new Date(), reason: 'of other alerts', nonces: [], bodyRead: true },
      { ...common, at: new Date(0), reason: 'unread, long ago', nonces: [] },
    ];
    for (const refusal of refusals) await world.drills.recordRefusal(refusal, AbortSignal.timeout(5000));
    const answer = (await get(world, `/api/v1/drills/${nonce}`)).json<{ refusals: { reason: string }[] }>();
    expect(answer.refusals.map(({ reason }) => reason)).toEqual(['mine, by a clock that was set', 'unread']);
  });

  it('are registered by an empty request too, one for five minutes', async () => {
    const answer = await post(webhookWorld(), '/api/v1/drills');
    expect(answer.statusCode).toBe(201);
    expect(answer.json<{ drills: object[] }>().drills).toHaveLength(1);
  });

  it.each([
    ['an unknown nonce', '/api/v1/drills/abcdefghijklmnopqrstuvwxyz', 404],
    ['what cannot be a nonce', '/api/v1/drills/ABC', 400],
    ['a wait that is none', '/api/v1/drills/abcdefghijklmnopqrstuvwxyz?wait=soon', 400],
  ])('answers %s', async (_, url, status) => {
    expect((await get(webhookWorld(), url)).statusCode).toBe(status);
  });

  it('may live as long as the resolution of a canary may be held back', async () => {
    const answer = await post(webhookWorld(), '/api/v1/drills', { ttlSeconds: 86_400 });
    expect(answer.statusCode).toBe(201);
  });

  it.each([{ ttlSeconds: 1 }, { ttlSeconds: 86_401 }, { count: 0 }, { count: 65 }, { ttlSeconds: '60' }])('refuses %j', async body => {
    expect((await post(webhookWorld(), '/api/v1/drills', body)).statusCode).toBe(400);
  });

  it('cannot be registered while the store is away', async () => {
    const { drills } = webhookWorld();
    const world = webhookWorld({ drills: { ...drills, register: async () => Promise.reject(new PortError('unavailable', 'away')) } });
    expect((await post(world, '/api/v1/drills')).statusCode).toBe(503);
  });

  it('end their long polls when the server closes', async () => {
    const world = webhookWorld();
    const nonce = await liveNonce(world);
    const port = await listening(world.app);
    const polling = fetch(`http://127.0.0.1:${port}/api/v1/drills/${nonce}?wait=25s`, { headers: asCaller });
    await fetch(`http://127.0.0.1:${port}/api/v1/health`);
    const before = performance.now();
    await world.app.close();
    const answer = await polling;
    expect(answer.headers.get('connection')).toBe('close');
    expect(await answer.json()).toMatchObject({ returned: false });
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});

describe('the verdict', () => {
  const url = '/api/v1/probes/prod/production/verdict';

  it('is 200 for a good probe, a broken one, an old one and none', async () => {
    const world = webhookWorld();
    expect((await get(world, url)).json()).toMatchObject({ ok: false, stale: true, failed: [{ hop: null, cause: 'ProbeNotFound' }] });
    world.probes.set('prod/production', probe(good));
    expect((await get(world, url)).json()).toMatchObject({
      ok: true,
      stale: false,
      suspended: false,
      maintenance: false,
      runToken: '',
      failed: [],
    });
    expect((await get(world, `${url}?maxAge=30`)).json()).toMatchObject({ ok: false, stale: true });
    expect((await get(world, `${url}?maxAge=5m`)).json()).toMatchObject({ ok: true });
    world.probes.set('prod/production', probe(good, bad));
    const answer = await get(world, url);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      ok: false,
      stale: false,
      failed: [{ hop: 'paging', cause: 'Silenced', message: 'silence 42 matches.' }],
    });
  });

  it('is 200 and no while the API server cannot be asked', async () => {
    const world = webhookWorld({ probes: { find: async () => Promise.reject(new PortError('unreachable', 'refused')) } });
    const answer = await get(world, url);
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { ok: false, failed: [{ cause: 'ProbeUnreadable' }] }]);
  });
});

const call = (metadata: object) => ({ name: 'web', namespace: 'prod', phase: 'Progressing', checksum: '1', metadata });

describe('the Flagger gate', () => {
  const url = '/api/v1/gates/flagger';

  it('lets a release go on with 200 and holds it with 403 and the reason', async () => {
    const world = webhookWorld();
    world.probes.set('prod/production', probe(good));
    const going = await post(world, url, call({ probe: 'production', maxAge: '300' }));
    expect([going.statusCode, going.body]).toEqual([200, 'ok']);
    expect((await post(world, url, call({ probe: 'prod/production' }))).statusCode).toBe(200);
    expect((await post(world, url, call({ probe: 'production', maxAge: '30' }))).statusCode).toBe(403);
    world.probes.set('prod/production', probe(bad));
    const held = await post(world, url, call({ probe: 'production', maxAge: '5m' }));
    expect([held.statusCode, held.body]).toEqual([
      403,
      'probe prod/production holds the release: hop paging: Silenced: silence 42 matches.',
    ]);
    expect((await post(world, url, call({ probe: 'gone' }))).body).toContain('ProbeNotFound');
    expect((await post(world, url, call({}))).statusCode).toBe(400);
  });

  it('takes the token as the password of the URL, for Flagger sends no header of its own', async () => {
    const world = webhookWorld();
    world.probes.set('prod/production', probe(good));
    const authorization = `Basic ${Buffer.from(`flagger:${API_TOKEN}`).toString('base64')}`;
    const answer = await world.app.inject({ method: 'POST', url, headers: { authorization }, payload: call({ probe: 'production' }) });
    expect(answer.statusCode).toBe(200);
  });
});

const sendAlert = (world: World, alertname: string) =>
  world.app.inject({ method: 'POST', url: '/api/v1/webhooks/alertmanager', headers: asSender, payload: v4({ alertname }) });

describe('watchdogs', () => {
  it('are told as they were heard, of one source at a time', async () => {
    const world = webhookWorld();
    await sendAlert(world, 'Watchdog');
    await sendAlert(world, 'HighLatency');
    const answer = await get(world, '/api/v1/watchdogs');
    expect(answer.json()).toEqual({
      now: expect.any(String),
      watchdogs: [{ source: 'alertmanager', labels: { alertname: 'Watchdog' }, status: 'firing', at: expect.any(String) }],
    });
    expect((await get(world, '/api/v1/watchdogs?source=signoz')).json()).toMatchObject({ watchdogs: [] });
    expect((await get(world, '/api/v1/watchdogs?source=prometheus')).statusCode).toBe(400);
  });

  it('cannot be told while the store is away', async () => {
    const { watchdogs } = webhookWorld();
    const world = webhookWorld({ watchdogs: { ...watchdogs, list: async () => Promise.reject(new PortError('unavailable', 'away')) } });
    expect((await get(world, '/api/v1/watchdogs')).statusCode).toBe(503);
  });
});

describe('health', () => {
  it('is open to all, and says when alerts cannot be taken', async () => {
    expect((await get(webhookWorld(), '/api/v1/health', {})).json()).toEqual({
      status: 'healthy',
      store: 'reachable',
      version: '0.0.0-test',
    });
    const away = webhookWorld({ storeWritable: async () => Promise.reject(new PortError('unavailable', 'away')) });
    const answer = await get(away, '/api/v1/health', {});
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { status: 'unhealthy', store: 'away' }]);
  });
});

it('documents every route, and never redirects a sender', async () => {
  const world = webhookWorld();
  const { paths } = (await get(world, '/api/docs/json', {})).json<{ paths: Record<string, object> }>();
  expect(Object.keys(paths).toSorted()).toEqual([
    '/api/v1/deliveries',
    '/api/v1/deliveries/retry',
    '/api/v1/drills',
    '/api/v1/drills/{nonce}',
    '/api/v1/gates/flagger',
    '/api/v1/health',
    '/api/v1/incidents',
    '/api/v1/incidents/{id}',
    '/api/v1/incidents/{id}/acknowledge',
    '/api/v1/incidents/{id}/resolve',
    '/api/v1/probes/{namespace}/{name}/verdict',
    '/api/v1/repairs/outcomes',
    '/api/v1/telegram/status',
    '/api/v1/traces/{alert}',
    '/api/v1/watchdogs',
    '/api/v1/webhooks/alertmanager',
    '/api/v1/webhooks/sentry/error',
    '/api/v1/webhooks/signoz',
    '/api/v1/webhooks/signoz/alert',
  ]);
  expect(paths['/api/v1/webhooks/alertmanager']).toMatchObject({ post: { requestBody: {}, responses: { 200: {}, 503: {} } } });
  const page = await get(world, '/api/docs', {});
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, expect.stringContaining('text/html')]);
});
