import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_TOKEN, listening, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { startHttpServer } from '../../../test/servers/http-server.ts';
import { type OutgoingClient, outgoingClient } from '../../net/outgoing.ts';
import { operatorWatchdogs } from './watchdog-sightings.ts';

const anHourBehind = (): Date => new Date(Date.now() - 3_600_000);
const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const rejection = (promise: Promise<unknown>): Promise<unknown> => promise.catch((err: unknown) => err);

let client: OutgoingClient;
beforeEach(() => {
  client = outgoingClient();
});
afterEach(() => client.close());

it('tells what the server heard, of one source, by our clock', async () => {
  const world = webhookWorld();
  const baseUrl = `http://127.0.0.1:${await listening(world.app)}`;
  const heard = { source: 'signoz', labels: { alertname: 'Watchdog', cluster: 'c1' }, status: 'firing', at: new Date() } as const;
  await world.watchdogs.record(heard, soon());
  await world.watchdogs.record({ ...heard, source: 'alertmanager' }, soon());
  const [found, ...more] = await operatorWatchdogs({ client, baseUrl, token: API_TOKEN }, anHourBehind).list('signoz', soon());
  expect([found, more]).toEqual([{ ...heard, at: expect.any(Date) }, []]);
  expect(Math.abs((found?.at.getTime() ?? 0) + 3_600_000 - heard.at.getTime())).toBeLessThan(60_000);
  await world.app.close();
});

describe('over something else', () => {
  it.each<[string, number, unknown, string]>([
    ['an operator without the route', 404, { message: 'there is nothing at this path' }, 'unsupported'],
    ['another server', 404, 'not found', 'unsupported'],
    ['a wrong token', 401, { message: 'the API token is not known' }, 'unauthorized'],
    ['an API without its store', 503, { message: 'Redis' }, 'unavailable'],
    ['a login page', 200, '<html>', 'malformed'],
  ])('with %s nothing is known', async (_, status, body, fault) => {
    const server = await startHttpServer({ handle: () => ({ status, body }) });
    const watchdogs = operatorWatchdogs({ client, baseUrl: server.url, token: API_TOKEN }, () => new Date());
    expect(await rejection(watchdogs.list('alertmanager', soon()))).toMatchObject({ name: 'PortError', fault });
    await server.stop();
  });
});

it('records nothing: the server hears for itself', async () => {
  const watchdogs = operatorWatchdogs({ client, baseUrl: 'http://127.0.0.1:9', token: undefined }, () => new Date());
  const sighting = { source: 'signoz', labels: {}, status: 'firing', at: new Date() } as const;
  expect(await rejection(watchdogs.record(sighting, soon()))).toMatchObject({ fault: 'unsupported' });
});
