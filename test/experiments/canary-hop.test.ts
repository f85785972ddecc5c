import { expect, it, type TestContext } from 'vitest';
import { alertmanagerApi } from '../../src/adapters/alertmanager/alertmanager.ts';
import { alertmanagerCanary } from '../../src/chain/alertmanager-canary.ts';
import { noncesIn } from '../../src/domain/drills/nonces-in.ts';
import type { DrillRegistry } from '../../src/domain/ports/drill-registry.ts';
import { outgoingClient } from '../../src/net/outgoing.ts';
import { drillsAway, hopWorld, requestFor, tryHop } from '../chain/world.ts';
import { eventually } from '../parts/eventually.ts';
import { nothingFires, RECEIVER, type Scene, scene } from './alert-chain-scene.ts';

/** The hop against the one Alertmanager of the scene, with other ports or settings than the experiment has. */
function stage({ urls, registry }: Scene, { onTestFinished }: TestContext, own: Parameters<typeof hopWorld>[0] = {}) {
  const client = outgoingClient();
  const world = hopWorld({ alertmanager: alertmanagerApi(client), drills: registry, ...own });
  onTestFinished(async () => {
    await client.close();
    await world.close();
  });
  const hopWith = (block: Record<string, unknown> = {}) => ({
    type: 'AlertmanagerCanary',
    latencyBudget: '2s',
    alertmanager: { urls, receiver: RECEIVER, ...block },
  });
  return {
    world,
    hopWith,
    go: (block?: Record<string, unknown>, timeoutMs = 30_000) => tryHop(alertmanagerCanary, world, { hop: hopWith(block), timeoutMs }),
  };
}

const HOUR_MS = 3_600_000;

const onBothFamilies = async (url: string) => ['127.0.0.1', '::1'].map(address => ({ url, address }));

const posts = ({ ours }: Scene) => ours.requests.filter(({ method }) => method === 'POST');

it.concurrent('sends an alert of severity none with the marks of a drill, grouped alone', async ctx => {
  const at = await scene('0.25', ctx);
  expect(await stage(at, ctx).go({ labels: { namespace: 'prod', team: 'db' } })).toMatchObject({ result: 'Passed' });
  const { alerts } = JSON.parse(posts(at)[0]?.body ?? '');
  expect(alerts).toHaveLength(1);
  expect(alerts[0].labels).toEqual({
    alertname: expect.stringMatching(/^awoooi-canary-[a-z0-9]{26}$/),
    severity: 'none',
    namespace: 'prod',
    team: 'db',
    awoooi_canary: 'true',
    awoooi_drill: 'true',
    awoooi_nonce: expect.stringMatching(/^[a-z0-9]{26}$/),
  });
});

it.concurrent('does not page whoever gets every other severity, though its route groups by severity', async ctx => {
  const at = await scene('0.33', ctx, {
    config: ({ other }) => ({
      route: { group_by: ['alertname', 'severity'] },
      routes: [{ matchers: ['severity!~"none|info"'], receiver: 'pager', continue: true }, { receiver: RECEIVER }],
      receivers: [{ name: 'pager', webhook_configs: [{ url: other }] }],
    }),
  });
  expect(await stage(at, ctx).go({ peerTimeout: '2s' })).toMatchObject({ result: 'Passed' });
  const sent = posts(at).map(({ body }) => JSON.parse(body).alerts[0].labels);
  expect(sent).toEqual([expect.objectContaining({ severity: 'none' }), expect.objectContaining({ severity: 'none' })]);
  expect(at.other.requests).toEqual([]);
});

it.concurrent.for<[string, Record<string, string>, { least: number; most: number }]>([
  [
    'hours where it would page: its resolution waits for group_interval',
    { severity: 'critical' },
    { least: 12 * HOUR_MS, most: 13 * HOUR_MS },
  ],
  ['minutes where nobody would be paged', {}, { least: 15 * 60_000, most: HOUR_MS }],
])('is remembered for %s', async ([, labels, { least, most }], ctx) => {
  const at = await scene('0.25', ctx);
  expect(await stage(at, ctx).go({ labels })).toMatchObject({ result: 'Passed' });
  const [nonce = ''] = noncesIn(posts(at)[0]?.body ?? '');
  const lives = ((await at.registry.find(nonce, AbortSignal.timeout(5_000)))?.drill.expiresAt.getTime() ?? 0) - Date.now();
  expect(lives).toBeGreaterThan(least);
  expect(lives).toBeLessThan(most);
});

it.concurrent('leaves nothing firing when the run is called off while the canary is out', async ctx => {
  const at = await scene('0.33', ctx, { config: ({ other }) => ({ url: other }) });
  const { world, hopWith } = stage(at, ctx);
  const request = requestFor({ hops: [{ name: 'it', ...hopWith() }] });
  const [hop] = request.spec.hops;
  if (!hop) throw new Error('the spec lost its hop');
  const callOff = new AbortController();
  const facts = {
    request,
    ports: world.ports,
    startedAt: new Date(),
    elapsedMs: () => performance.now(),
    timeoutMs: performance.now() + 30_000,
  };
  const running = alertmanagerCanary(hop, { ...facts, signal: callOff.signal });
  await eventually(() => at.other.requests.length > 0);
  callOff.abort();
  await running.catch(() => {});
  expect(at.other.requests.length).toBeGreaterThan(0);
  await nothingFires(at.urls);
});

it.concurrent.for([
  ['ahead of', 3_600_000],
  ['behind', -3_600_000],
] as const)('passes with our clock an hour %s Alertmanager’s, and leaves nothing firing', async ([, offMs], ctx) => {
  const now = () => new Date(Date.now() + offMs);
  const at = await scene('0.25', ctx, { now });
  expect(await stage(at, ctx, { now }).go()).toMatchObject({ result: 'Passed' });
  await nothingFires(at.urls);
});

it.concurrent('leaves nothing firing when our clock is set an hour ahead while the canary is out', async ctx => {
  const at = await scene('0.25', ctx);
  let offMs = 0;
  const { go } = stage(at, ctx, { now: () => new Date(Date.now() + offMs) });
  at.ours.breakWith({ is: 'slow', delayMs: 500 }, () => {
    offMs = 3_600_000;
    return true;
  });
  expect(await go()).toMatchObject({ result: 'Passed' });
  await nothingFires(at.urls);
});

it.concurrent('sends nothing while the store is away: nothing is known of the chain', async ctx => {
  const at = await scene('0.25', ctx);
  expect(await stage(at, ctx, { drills: drillsAway() }).go()).toMatchObject({ result: 'Unknown', cause: 'StoreUnavailable' });
  expect(posts(at)).toEqual([]);
});

it.concurrent('says that the store went away while the canary was out', async ctx => {
  const at = await scene('0.25', ctx);
  const drills = { ...drillsAway(), register: (...args: Parameters<DrillRegistry['register']>) => at.registry.register(...args) };
  const result = await stage(at, ctx, { drills }).go();
  expect(result).toMatchObject({ cause: 'ReceiverUnavailable', message: expect.stringContaining('Redis does not answer') });
  await nothingFires(at.urls);
});

it.concurrent('says that the store forgot the canary', async ctx => {
  const at = await scene('0.25', ctx, { config: ({ other }) => ({ url: other }) });
  const drills = { ...at.registry, isLive: async () => false };
  const result = await stage(at, ctx, { drills }).go();
  expect(result).toMatchObject({ cause: 'ReceiverUnavailable', message: expect.stringContaining('forgotten the canary') });
});

it.concurrent('does not try without the Secret of its credential', async ctx => {
  const at = await scene('0.25', ctx);
  const result = await stage(at, ctx).go({ auth: { bearerToken: { name: 'no', key: 'token' } } });
  expect(result).toMatchObject({ result: 'Unknown', cause: expect.stringMatching(/^Secret/) });
});

it.concurrent('says within its own time what a frozen Alertmanager does', async ctx => {
  const at = await scene('0.25', ctx);
  at.members[0]?.freeze();
  const result = await stage(at, ctx).go({}, 12_000);
  at.members[0]?.thaw();
  expect(result).toMatchObject({ result: 'Failed', cause: 'ApiUnreachable' });
});

it.concurrent('ends before the hop’s time does, however long the budget', async ctx => {
  const at = await scene('0.25', ctx, { config: ({ other }) => ({ url: other }) });
  const began = performance.now();
  const result = await stage(at, ctx).go({ peerTimeout: '1m' }, 6_000);
  expect(result.cause).toBe('DeliveredElsewhere');
  expect(performance.now() - began).toBeLessThan(6_000);
});

it.concurrent('sends all the same where the route tree says what cannot be judged here', async ctx => {
  const at = await scene('0.33', ctx, {
    config: () => ({ route: { receiver: 'elsewhere' }, routes: [{ matchers: ['severity=~"(?U)no.*"'], receiver: RECEIVER }] }),
  });
  expect(await stage(at, ctx).go({ peerTimeout: '2s' })).toMatchObject({ result: 'Passed' });
});

it.concurrent('passes although Redis restarts while the canary is out', async ctx => {
  const at = await scene('0.25', ctx);
  at.ours.breakWith({ is: 'slow', delayMs: 1_000 });
  const running = stage(at, ctx).go({}, 40_000);
  await eventually(() => at.ours.requests.length > 0);
  await at.redis.restart();
  expect(await running).toMatchObject({ result: 'Passed' });
  await nothingFires(at.urls);
});

it.concurrent('says so when Redis goes away while the canary is out', async ctx => {
  const at = await scene('0.25', ctx);
  at.ours.breakWith({ is: 'slow', delayMs: 1_000 });
  const running = stage(at, ctx).go();
  await eventually(() => at.ours.requests.length > 0);
  await at.redis.halt();
  expect(await running).toMatchObject({
    result: 'Failed',
    cause: 'ReceiverUnavailable',
    message: expect.stringContaining('store was away'),
  });
  await nothingFires(at.urls);
});

it.concurrent('passes although more probes than Alertmanager answers at a time ask one together', async ctx => {
  const at = await scene('0.33', ctx, { size: 1 });
  const { go } = stage(at, ctx);
  const results = await Promise.all(Array.from({ length: 40 }, () => go()));
  expect(results.filter(({ result }) => result !== 'Passed')).toEqual([]);
});

it.concurrent('takes a name that also stands for an address on which nobody listens', async ctx => {
  const at = await scene('0.25', ctx);
  const client = outgoingClient();
  ctx.onTestFinished(() => client.close());
  const { go } = stage(at, ctx, { alertmanager: { ...alertmanagerApi(client), replicas: onBothFamilies } });
  expect(await go({ urls: at.urls.map(url => url.replace('127.0.0.1', 'localhost')) })).toMatchObject({ result: 'Passed' });
});
