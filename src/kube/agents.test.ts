import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import { type HttpServer, startHttpServer } from '../../test/servers/http-server.ts';
import { connectionPool } from './agents.ts';
import { fixedCredentials, type Identity } from './credentials.ts';
import { kubeClient } from './transport.ts';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, '../../test/fixtures/tls', name), 'utf8');

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

it('keeps one pool for one TLS identity and another for the next', async () => {
  const pool = connectionPool({ connectMs: 1_000, connections: 16 });
  const first = pool.agent({ ca: 'one' });
  expect(pool.agent({ ca: 'one' })).toBe(first);
  const second = pool.agent({ ca: 'two' });
  expect(second).not.toBe(first);
  await eventually(() => first.closed);
  await pool.close();
  expect(second.destroyed).toBe(true);
});

it('speaks HTTP/1.1 to a server that would rather speak HTTP/2', async () => {
  const versions: string[] = [];
  const server = createSecureServer({ key: fixture('server.key'), cert: fixture('server.pem'), allowHTTP1: true }, (request, response) => {
    versions.push(request.httpVersion);
    response.end('{}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  const credentials = fixedCredentials({ server: `https://127.0.0.1:${address.port}`, tls: { ca: fixture('ca.pem') } });
  const client = kubeClient({ credentials, userAgent: 'test' });
  await client.request({ method: 'GET', path: '/' });
  await client.close();
  await new Promise(resolve => server.close(resolve));
  expect(versions).toEqual(['1.1']);
});

it('lets requests under way finish when the TLS identity changes beneath them', async () => {
  const gate: { open: () => void } = { open: () => undefined };
  const opened = new Promise<void>(resolve => {
    gate.open = resolve;
  });
  const server = await startHttpServer({
    handle: async ({ path }) => {
      if (path === '/slow') await opened;
      return { status: 200, body: { path } };
    },
  });
  servers.push(server);
  let identity: Identity = { headers: {}, tls: { ca: 'one' } };
  const client = kubeClient({
    credentials: { ...fixedCredentials({ server: server.url }), current: async () => identity },
    userAgent: 'test',
  });
  const slow = client.request({ method: 'GET', path: '/slow' });
  await eventually(() => server.requests.length === 1);
  identity = { headers: {}, tls: { ca: 'two' } };
  const quick = await client.request({ method: 'GET', path: '/quick' });
  gate.open();
  expect([await slow, quick]).toEqual([{ path: '/slow' }, { path: '/quick' }]);
  await eventually(() => server.openConnections() === 1);
  await client.close();
});
