import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_TOKEN, listening, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { startHttpServer } from '../../../test/servers/http-server.ts';
import { type OutgoingClient, outgoingClient } from '../../net/outgoing.ts';
import { operatorDrills } from './drills.ts';

const now = (): Date => new Date();
const hourBehind = (): Date => new Date(Date.now() - 3_600_000);
const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const ORDER = { count: 2, owner: 'probe/monitoring/production/paging', ttlMs: 60_000 };

let world: ReturnType<typeof webhookWorld>;
let client: OutgoingClient;
let baseUrl: string;

beforeEach(async () => {
  world = webhookWorld();
  client = outgoingClient();
  baseUrl = `http://127.0.0.1:${await listening(world.app)}`;
});
afterEach(async () => {
  await client.close();
  await world.app.close();
});

const drillsAt = (url = baseUrl, token: string | undefined = API_TOKEN) =>
  operatorDrills({ client, baseUrl: url, token }, now, Math.random);
const back = (nonce: string, receiver = 'awoooi') =>
  world.drills.recordReturn({ nonce, returnedAt: new Date(), via: 'signoz', receiver }, soon());
const rejection = (promise: Promise<unknown>): Promise<unknown> => promise.catch((err: unknown) => err);

describe('over the real server', () => {
  it('gives nonces that the server knows as live', async () => {
    const { issueDrills, drills } = drillsAt();
    const issued = await issueDrills(ORDER, soon());
    expect(issued).toHaveLength(2);
    expect(await Promise.all(issued.map(({ nonce }) => world.drills.isLive(nonce, soon())))).toEqual([true, true]);
    expect(await drills.isLive(issued[0]?.nonce ?? '', soon())).toBe(true);
    expect(await drills.isLive('a'.repeat(26), soon())).toBe(false);
  });

  it('has nonces live for hours where that is asked for', async () => {
    const [issued] = await drillsAt().issueDrills({ ...ORDER, ttlMs: 12 * 3_600_000 }, soon());
    expect(issued?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 11 * 3_600_000);
  });

  it('waits for returns, and is told of each', async () => {
    const { issueDrills, drills } = drillsAt();
    const [one, two] = await issueDrills(ORDER, soon());
    const nonces = [one?.nonce ?? '', two?.nonce ?? ''];
    const waited = drills.awaitReturns(nonces, soon());
    for (const nonce of nonces) await back(nonce);
    expect(await waited).toEqual(nonces.map(nonce => ({ nonce, returnedAt: expect.any(Date), via: 'signoz', receiver: 'awoooi' })));
  });

  it('waits for the return through one receiver, and tells of another only at the end', async () => {
    const { issueDrills, drills } = drillsAt();
    const [one, two] = await issueDrills(ORDER, soon());
    const nonces = [one?.nonce ?? '', two?.nonce ?? ''];
    for (const nonce of nonces) await back(nonce, 'log & more');
    const waited = drills.awaitReturns(nonces, soon(), 'awoooi');
    for (const nonce of nonces) await back(nonce);
    expect((await waited).map(({ receiver }) => receiver)).toEqual(['awoooi', 'awoooi']);
    expect(await drills.awaitReturns(nonces.slice(1), AbortSignal.timeout(300), 'other')).toMatchObject([{ receiver: 'log & more' }]);
  });

  it('goes on waiting while the operator is restarted', async () => {
    const { issueDrills, drills } = drillsAt();
    const [one] = await issueDrills({ ...ORDER, count: 1 }, soon());
    const nonce = one?.nonce ?? '';
    const waited = drills.awaitReturns([nonce], soon());
    await world.app.close();
    const restarted = webhookWorld({ drills: world.drills });
    await restarted.app.listen({ host: '127.0.0.1', port: Number(new URL(baseUrl).port) });
    await back(nonce);
    expect(await waited).toMatchObject([{ nonce, via: 'signoz' }]);
    await restarted.app.close();
  });

  it('ends its wait with those that are back', async () => {
    const { issueDrills, drills } = drillsAt();
    const [one, two] = await issueDrills(ORDER, soon());
    await back(two?.nonce ?? '');
    const returns = await drills.awaitReturns([one?.nonce ?? '', two?.nonce ?? ''], AbortSignal.timeout(300));
    expect(returns.map(({ nonce }) => nonce)).toEqual([two?.nonce]);
  });

  it('tells what the server refused, each refusal once, by the server’s clock', async () => {
    const since = new Date();
    // This side's clock is an hour behind the server's.
    const { issueDrills, drills } = operatorDrills({ client, baseUrl, token: API_TOKEN }, hourBehind, Math.random);
    const [one] = await issueDrills(ORDER, soon());
    const unread = { at: new Date(), route: '/api/v1/webhooks/signoz', status: 401, reason: 'no token', nonces: [] };
    const before = { ...unread, at: new Date(since.getTime() - 60_000) };
    const read = { ...unread, status: 400, nonces: [one?.nonce ?? ''] };
    for (const refusal of [before, unread, read]) await world.drills.recordRefusal(refusal, soon());
    const found = await drills.refusalsSince(new Date(since.getTime() - 3_600_000 - 1000), soon());
    expect(new Set(found.map(({ status }) => status))).toEqual(new Set([400, 401]));
    expect(found).toHaveLength(2);
  });

  it('tells what the server refused of a nonce, though the replica that did has another clock', async () => {
    const { issueDrills, drills } = drillsAt();
    const [one] = await issueDrills(ORDER, soon());
    const nonces = [one?.nonce ?? ''];
    const refusal = { at: new Date(Date.now() - 3_600_000), route: '/x', status: 401, reason: 'no token', nonces, bodyRead: true };
    await world.drills.recordRefusal(refusal, soon());
    expect(await drills.refusalsSince(new Date(), soon(), nonces)).toEqual([refusal]);
    expect(await drills.refusalsSince(new Date(), soon())).toEqual([]);
  });

  it('may not without a token', async () => {
    const err = await rejection(drillsAt(baseUrl, 'wrong-token').issueDrills(ORDER, soon()));
    expect(err).toMatchObject({ name: 'PortError', fault: 'unauthorized', statusCode: 401 });
    expect(String(err)).not.toContain('wrong-token');
  });
});

describe('over something else', () => {
  it.each([
    ['no such route', 404, { message: 'Route POST:/api/v1/drills not found' }, 'rejected'],
    ['a login page', 200, '<html>', 'malformed'],
    ['too few nonces', 201, { drills: [] }, 'malformed'],
  ])('with %s no nonce is had', async (_, status, body, fault) => {
    const server = await startHttpServer({ handle: () => ({ status, body }) });
    expect(await rejection(drillsAt(server.url).issueDrills(ORDER, soon()))).toMatchObject({ name: 'PortError', fault });
    await server.stop();
  });

  it('a return is seen that came in the very moment when the wait was over', async () => {
    const nonce = 'a'.repeat(26);
    const returned = { status: 200, body: { nonce, returned: true, returnedAt: new Date().toISOString(), via: 'signoz', refusals: [] } };
    const server = await startHttpServer({ handle: ({ query }) => (query.get('wait') === '0s' ? returned : new Promise(() => {})) });
    expect(await drillsAt(server.url).drills.awaitReturns([nonce], AbortSignal.timeout(200))).toMatchObject([{ nonce, via: 'signoz' }]);
    await server.stop();
  });

  it.each([
    ['502', { is: 'answer', reply: { status: 502, body: 'bad gateway' } }],
    ['429', { is: 'answer', reply: { status: 429 } }],
    ['a reset', { is: 'reset' }],
  ] as const)('neither an order nor a wait is given up for %s', async (_, fault) => {
    const nonce = 'a'.repeat(26);
    const issued = { status: 201, body: { drills: [{ nonce, expiresAt: new Date().toISOString() }] } };
    const returned = { status: 200, body: { nonce, returned: true, returnedAt: new Date().toISOString(), via: 'signoz', refusals: [] } };
    const server = await startHttpServer({ handle: ({ method }) => (method === 'POST' ? issued : returned) });
    let failures = 0;
    server.breakWith(fault, () => (failures += 1) % 3 !== 0);
    const { issueDrills, drills } = drillsAt(server.url);
    expect(await issueDrills({ ...ORDER, count: 1 }, soon())).toMatchObject([{ nonce }]);
    expect(await drills.awaitReturns([nonce], soon())).toMatchObject([{ nonce }]);
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'GET', 'GET', 'GET']);
    await server.stop();
  });

  it('the last failure is told of an order that was given up', async () => {
    const server = await startHttpServer({ handle: () => ({ status: 503, body: { message: 'Redis is away' } }) });
    const err = await rejection(drillsAt(server.url).issueDrills(ORDER, AbortSignal.timeout(700)));
    expect(err).toMatchObject({ fault: 'unavailable', message: expect.stringContaining('Redis is away') });
    expect(server.requests.length).toBeGreaterThan(1);
    await server.stop();
  });

  it.each([401, 403])('a wait ends at once with an answer %i', async status => {
    const server = await startHttpServer({ handle: () => ({ status }) });
    expect(await rejection(drillsAt(server.url).drills.awaitReturns(['a'.repeat(26)], soon()))).toMatchObject({ statusCode: status });
    expect(server.requests).toHaveLength(1);
    await server.stop();
  });

  it('a wait that the API went away from ends with time, with nothing', async () => {
    const server = await startHttpServer({ handle: () => new Promise(() => {}) });
    const waited = drillsAt(server.url).drills.awaitReturns(['a'.repeat(26)], AbortSignal.timeout(1_000));
    await eventually(() => server.requests.length > 0);
    await server.stop();
    expect(await waited).toEqual([]);
  });
});
