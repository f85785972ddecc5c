import { afterEach, describe, expect, it } from 'vitest';
import { seededIncident, seededIncidents } from '../../../test/builders/seeded-incidents.ts';
import { API_TOKEN, listening, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { startHttpServer } from '../../../test/servers/http-server.ts';
import type { IncidentStore } from '../../domain/ports/incident-store.ts';
import { outgoingClient } from '../../net/outgoing.ts';
import { operatorIncidents } from './incidents.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const MANY = Array.from({ length: 450 }, (_, at) =>
  seededIncident({ id: `inc-03-${String(at).padStart(13, '0')}`, openedAt: new Date(Date.UTC(2026, 2, 29) - at * 1000) }),
);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function apiAt(baseUrl: string) {
  const client = outgoingClient();
  closing.push(() => client.close());
  return operatorIncidents({ client, baseUrl, token: API_TOKEN });
}

/** Over the real server. */
async function apiOver(incidents: IncidentStore) {
  const { app } = webhookWorld({ incidents });
  closing.push(() => app.close());
  return apiAt(`http://127.0.0.1:${await listening(app)}`);
}

describe('a list', () => {
  it.each([
    [1, true],
    [200, true],
    [449, true],
    [450, false],
    [1000, false],
  ])('of at most %i holds them in order, whatever the API gives at a time', async (limit, more) => {
    const api = await apiOver(seededIncidents({ incidents: MANY }).store);
    const listed = await api.list({ limit }, soon());
    expect(listed.incidents.map(({ id }) => id)).toEqual(MANY.slice(0, limit).map(({ id }) => id));
    expect(listed.more).toBe(more);
  });

  it('goes on over pages that hold fewer than asked for, or nothing', async () => {
    const { store } = seededIncidents();
    const pages = [{ incidents: MANY.slice(0, 1), next: '1' }, { incidents: [], next: '2' }, { incidents: MANY.slice(1, 3) }];
    const api = await apiOver({ ...store, list: async ({ cursor = '0' }) => pages[Number(cursor)] ?? { incidents: [] } });
    const listed = await api.list({ limit: 50 }, soon());
    expect([listed.incidents.length, listed.more]).toEqual([3, false]);
  });
});

it('an incident that is not there is none, for whatever is asked of it', async () => {
  const api = await apiOver(seededIncidents().store);
  for (const id of ['inc-09-zzzzzzzzzzzzz', '../deliveries', 'a b']) {
    expect(await Promise.all([api.find(id, soon()), api.acknowledge(id, soon()), api.resolve(id, soon())])).toEqual(
      Array(3).fill(undefined),
    );
  }
});

it('an operator that has no incidents yet is too old', async () => {
  const body = { error: 'Not Found', message: 'there is nothing at this path' };
  const server = await startHttpServer({ handle: () => ({ status: 404, body }) });
  closing.push(() => server.stop());
  const api = apiAt(server.url);
  for (const asked of [api.list({ limit: 1 }, soon()), api.trace('x', soon()), api.deliveries(soon())]) {
    await expect(asked).rejects.toMatchObject({
      name: 'PortError',
      fault: 'unsupported',
      message: expect.stringContaining('bring it up to date'),
    });
  }
});
