import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpServer, type Reply, startHttpServer } from '../../test/servers/http-server.ts';
import { type KubeClient, KubeError } from './client.ts';
import { fixedCredentials } from './credentials.ts';
import { kubeClient } from './transport.ts';

let server: HttpServer;
let client: KubeClient;
let reply: Reply;

beforeEach(async () => {
  reply = { status: 200, body: { ok: true } };
  server = await startHttpServer({ handle: () => reply });
  client = kubeClient({ credentials: fixedCredentials({ server: server.url, token: 'abc' }), userAgent: 'awoooi-operator/test' });
});
afterEach(async () => {
  await client.close();
  await server.stop();
});

const get = (facts: { deadlineMs?: number; signal?: AbortSignal } = {}): Promise<unknown> =>
  client.request({ method: 'GET', path: '/api/v1/things', ...facts });

async function failure(call: Promise<unknown>): Promise<KubeError> {
  const err = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(err instanceof KubeError)) throw new Error(`expected a KubeError, got ${String(err)}`);
  return err;
}

describe('a request', () => {
  it('carries token, user agent, query, body and patch type, and gives the parsed answer', async () => {
    const body = { metadata: { labels: { a: 'b' } } };
    const asked = { method: 'PATCH', path: '/api/v1/things/x', query: { fieldManager: 'a b' }, body } as const;
    expect(await client.request({ ...asked, patchType: 'application/apply-patch+yaml' })).toEqual({ ok: true });
    const [received] = server.requests;
    expect(received).toMatchObject({ method: 'PATCH', path: '/api/v1/things/x', body: JSON.stringify(body) });
    expect(received?.query.get('fieldManager')).toBe('a b');
    expect(received?.headers).toMatchObject({
      authorization: 'Bearer abc',
      'user-agent': 'awoooi-operator/test',
      'content-type': 'application/apply-patch+yaml',
      accept: 'application/json',
    });
  });

  it('shares at most 16 connections, and one where one is enough', async () => {
    for (let count = 0; count < 50; count++) await get();
    // A second one where the first was not given back in the same turn of the event loop.
    expect(server.openConnections()).toBeLessThanOrEqual(2);
    await Promise.all(Array.from({ length: 200 }, () => get()));
    expect(server.openConnections()).toBe(16);
  });

  it.each<[string, Reply, object]>([
    [
      'a conflict',
      { status: 409, body: { kind: 'Status', code: 409, reason: 'Conflict', message: 'the object has been modified' } },
      { status: 409, reason: 'Conflict', message: 'GET /api/v1/things was answered 409 Conflict: the object has been modified' },
    ],
    [
      'too many requests',
      { status: 429, headers: { 'retry-after': '3' }, body: { kind: 'Status', reason: 'TooManyRequests', message: '' } },
      { status: 429, reason: 'TooManyRequests', retryAfterMs: 3_000 },
    ],
    [
      'a wait in the details',
      { status: 504, body: { kind: 'Status', reason: 'Timeout', details: { retryAfterSeconds: 1 } } },
      { status: 504, reason: 'Timeout', retryAfterMs: 1_000 },
    ],
    [
      'a load balancer’s page',
      { status: 503, body: '<html>\nno\tbackend</html>' },
      { status: 503, reason: 'ServiceUnavailable', message: expect.stringContaining('<html> no backend') },
    ],
    ['an endless Retry-After', { status: 503, headers: { 'retry-after': '86400' }, body: '' }, { retryAfterMs: 120_000 }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, { status: 302, reason: 'Unknown' }],
    ['something that is not JSON', { status: 200, body: '<html>' }, { status: undefined, reason: 'Malformed' }],
  ])('tells %s', async (_, answer, facts) => {
    reply = answer;
    expect(await failure(get())).toMatchObject(facts);
  });

  it.each<[string, (signal: AbortController) => Promise<unknown>, string]>([
    ['a server that never answers', () => get({ deadlineMs: 100 }), 'Timeout'],
    [
      'a caller that gives up',
      caller => {
        setImmediate(() => caller.abort());
        return get({ signal: caller.signal });
      },
      'Aborted',
    ],
    ['a caller that had given up', caller => (caller.abort(), get({ signal: caller.signal })), 'Aborted'],
  ])('ends by its deadline or its caller: %s', async (_, call, reason) => {
    server.breakWith({ is: 'hang' });
    expect(await failure(call(new AbortController()))).toMatchObject({ status: undefined, reason });
  });

  it('keeps its deadline also while the body is coming', async () => {
    server.breakWith({ is: 'endless' });
    expect((await failure(get({ deadlineMs: 200 }))).reason).toBe('Timeout');
  });

  it.each(['reset', 'truncated'] as const)('tells an answer that was %s from a refusal', async is => {
    server.breakWith({ is });
    expect(await failure(get())).toMatchObject({ status: undefined, reason: 'Unreachable' });
  });

  it('tells a server that is not there, and finds it when it is back', async () => {
    await server.refuse();
    expect((await failure(get())).message).toMatch(/^GET \/api\/v1\/things got no answer: .*ECONNREFUSED/);
    await server.accept();
    expect(await get()).toEqual({ ok: true });
  });
});
