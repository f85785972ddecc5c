import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HttpServer, type Received, type Reply, startHttpServer } from '../../test/servers/http-server.ts';
import { fixedCredentials } from './credentials.ts';
import { listPages } from './pages.ts';
import { kubeClient } from './transport.ts';

let server: HttpServer;
let objects: { metadata: { name: string }; data: string }[] = [];
let snapshot = 1;
let onRequest: () => void = () => undefined;

/** Lists as the API server does: `continue` holds the snapshot and the offset, and an old snapshot is gone. */
function answer({ query }: Received): Reply {
  onRequest();
  const [at = '', from = '0'] = (query.get('continue') ?? `${snapshot}:0`).split(':');
  if (Number(at) !== snapshot)
    return { status: 410, body: { kind: 'Status', code: 410, reason: 'Expired', message: 'the token is too old' } };
  const to = Number(from) + Number(query.get('limit'));
  const token = to < objects.length ? { continue: `${at}:${to}` } : {};
  return { status: 200, body: { metadata: { resourceVersion: at, ...token }, items: objects.slice(Number(from), to) } };
}

beforeEach(async () => {
  server = await startHttpServer({ handle: answer });
  snapshot = 1;
  onRequest = () => undefined;
});
afterEach(() => server.stop());

async function listed(): Promise<{ resourceVersion: string; items: unknown[]; starts: number }> {
  const client = kubeClient({ credentials: fixedCredentials({ server: server.url }), userAgent: 'test' });
  let items: unknown[] = [];
  let starts = 0;
  try {
    const resourceVersion = await listPages({
      client,
      path: '/api/v1/things',
      query: { labelSelector: 'a=b' },
      signal: new AbortController().signal,
      onStart: () => {
        starts += 1;
        items = [];
      },
      onPage: page => items.push(...page),
    });
    return { resourceVersion, items, starts };
  } finally {
    await client.close();
  }
}

const made = (count: number, size: number): typeof objects =>
  Array.from({ length: count }, (_, index) => ({ metadata: { name: `n${index}` }, data: 'x'.repeat(size) }));

it('reads every page, keeps the selector, and asks for no more than 500 objects at once', async () => {
  objects = made(1_234, 10);
  const { resourceVersion, items } = await listed();
  expect([resourceVersion, items]).toEqual(['1', objects]);
  expect(server.requests.every(({ query }) => query.get('labelSelector') === 'a=b')).toBe(true);
  expect(server.requests.map(({ query }) => Number(query.get('limit')))).toEqual([50, 500, 500, 500]);
});

it('asks for fewer objects at once when they are large, so that no page blocks for long', async () => {
  objects = made(200, 16_000);
  expect((await listed()).items).toHaveLength(200);
  expect(Math.max(...server.requests.slice(1).map(({ query }) => Number(query.get('limit'))))).toBeLessThan(50);
});

it('begins anew when the snapshot was compacted away between two pages', async () => {
  objects = made(600, 10);
  onRequest = () => {
    if (server.requests.length === 2) snapshot = 2;
  };
  expect(await listed()).toEqual({ resourceVersion: '2', items: objects, starts: 2 });
});

it('gives up when that happens every time', async () => {
  objects = made(600, 10);
  onRequest = () => {
    snapshot += 1;
  };
  await expect(listed()).rejects.toMatchObject({ status: 410, reason: 'Expired' });
  expect(server.requests).toHaveLength(8);
});

it.each([
  ['a text', { status: 200, body: 'all is well' }],
  ['an object that is no list', { status: 200, body: { kind: 'Namespace', metadata: {} } }],
])('refuses %s', async (_, reply) => {
  server.breakWith({ is: 'answer', reply });
  await expect(listed()).rejects.toMatchObject({ reason: 'Malformed' });
});
