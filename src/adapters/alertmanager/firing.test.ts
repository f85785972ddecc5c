import { afterEach, expect, it } from 'vitest';
import { startHttpServer } from '../../../test/servers/http-server.ts';
import { outgoingClient } from '../../net/outgoing.ts';
import { alertmanagerApi } from './alertmanager.ts';

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const each of cleanUp.splice(0).toReversed()) await each();
});

const alert = (n: number, mutedBy: readonly string[] = []) => ({
  fingerprint: n.toString(16).padStart(16, '0'),
  labels: { alertname: `A${n}` },
  annotations: {},
  startsAt: '2026-11-26T10:00:00Z',
  endsAt: '2026-11-26T20:00:00Z',
  receivers: [{ name: 'r' }],
  status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy },
});

async function firingOf(alerts: readonly object[], groups: readonly (readonly object[])[]): Promise<string[]> {
  const grouped = JSON.stringify(groups.map(each => ({ labels: {}, receiver: { name: 'r' }, alerts: each })));
  const listed = JSON.stringify(alerts);
  const server = await startHttpServer({ handle: ({ path }) => ({ status: 200, body: path.endsWith('/groups') ? grouped : listed }) });
  const client = outgoingClient({ maxAnswerBytes: 64 * 1024 * 1024 });
  cleanUp.push(
    () => server.stop(),
    () => client.close(),
  );
  const replica = { url: server.url, address: '127.0.0.1' };
  const firing = await alertmanagerApi(client).firing(replica, 'r', AbortSignal.timeout(30_000));
  return firing.map(({ labels }) => labels['alertname'] ?? '');
}

it('leaves out what is muted wherever it goes, and nothing else', async () => {
  const groups = [[alert(1, ['night']), alert(2, ['night'])], [alert(2)], [alert(3)]];
  expect(await firingOf([alert(1), alert(2), alert(3), alert(4)], groups)).toEqual(['A2', 'A3', 'A4']);
});

it('reads very many without holding up everything else', async () => {
  const all = Array.from({ length: 30_000 }, (_, n) => alert(n));
  expect(await firingOf(all, [all])).toHaveLength(30_000);
}, 12_000);
