import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serverTls } from '../../../test/parts/certificates.ts';
import { type Fault, startHttpServer } from '../../../test/servers/http-server.ts';
import { startTarget, type Target } from '../../../test/servers/target.ts';
import type { HttpExchange } from '../../domain/ports/http-target.ts';
import { sentrySignature } from '../../domain/sentry/signature.ts';
import { type OutgoingClient, outgoingClient } from '../../net/outgoing.ts';
import { httpTarget } from './http-target.ts';

const BEARER = { authorization: 'Bearer t0ken-of-the-target' };
let target: Target;
let client: OutgoingClient;

beforeAll(async () => {
  target = await startTarget({ bearerToken: 't0ken-of-the-target', sentrySecret: 'sentry-s3cret' });
  client = outgoingClient({ deny: ['127.0.0.3'] });
});
afterEach(async () => {
  target.mend();
  await target.accept();
});
afterAll(async () => {
  await client.close();
  await target.stop();
});

const send = (exchange: Omit<HttpExchange, 'url'> & { path: string; url?: string }, within = 10_000) =>
  httpTarget(client).send({ ...exchange, url: exchange.url ?? `${target.url}${exchange.path}` }, AbortSignal.timeout(within));

async function answered(exchange: Omit<HttpExchange, 'url'> & { path: string }): Promise<[number, unknown]> {
  const { status, body } = await send(exchange);
  return [status, JSON.parse(body)];
}

const post = (path: string, body: unknown, headers: Record<string, string> = BEARER) =>
  answered({ method: 'POST', path, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
const sign = (text: string) => ({ 'sentry-hook-signature': sentrySignature('sentry-s3cret', text) });
const rejection = (sending: Promise<unknown>): Promise<unknown> => sending.catch((err: unknown) => err);

describe('a failure on the way is a PortError', () => {
  it.each<[string, Fault, object]>([
    ['hangs', { is: 'hang' }, { fault: 'unreachable', detail: 'timed-out' }],
    ['answers after the deadline', { is: 'slow', delayMs: 60_000 }, { fault: 'unreachable', detail: 'timed-out' }],
    ['never ends its answer', { is: 'endless' }, { fault: 'unreachable', detail: 'timed-out' }],
    ['resets', { is: 'reset' }, { fault: 'unreachable', detail: 'reset' }],
    ['cuts its answer short', { is: 'truncated' }, { fault: 'unreachable', detail: 'reset' }],
    [
      'redirects',
      { is: 'answer', reply: { status: 302, headers: { location: '/x' } } },
      { fault: 'rejected', detail: 'redirected', statusCode: 302 },
    ],
    ['answers 100 MB', { is: 'huge', bytes: 100 * 1024 * 1024 }, { fault: 'malformed', detail: 'too-large' }],
  ])('when the target %s', async (_, fault, expected) => {
    target.breakWith(fault);
    const err = await rejection(send({ method: 'GET', path: '/api/v1/health' }, fault.is === 'huge' ? 10_000 : 300));
    expect(err).toMatchObject({ name: 'PortError', ...expected, message: expect.stringContaining('GET http://127.0.0.1') });
  });

  it('when the target refuses', async () => {
    await target.refuse();
    expect(await rejection(send({ method: 'GET', path: '/' }))).toMatchObject({ fault: 'unreachable', detail: 'refused' });
  });

  it.each([
    ['a name leads nowhere', 'http://nowhere.invalid/', { fault: 'unreachable', detail: 'name-not-resolved' }],
    ['an address is denied', 'http://127.0.0.3/', { fault: 'unreachable', detail: 'address-denied' }],
    ['a URL is none', 'http://:x/', { fault: 'rejected', detail: undefined }],
  ])('when %s', async (_, url, expected) => {
    expect(await rejection(send({ method: 'GET', path: '', url }))).toMatchObject({ name: 'PortError', ...expected });
  });

  it('when TLS fails', async () => {
    const server = await startHttpServer({ handle: () => ({ status: 200 }), tls: serverTls() });
    expect(await rejection(send({ method: 'GET', path: '', url: server.url }))).toMatchObject({ fault: 'unreachable', detail: 'tls' });
    await server.stop();
  });

  it('whose text holds none of the secrets', async () => {
    target.breakWith({ is: 'answer', reply: { status: 301, headers: { location: '/t0ken-of-the-target/s3cret-thing' } } });
    const err = await rejection(send({ method: 'GET', path: '/s3cret-thing', headers: BEARER, secrets: ['s3cret-thing'] }));
    expect(String(err)).toMatch(/\/\*\*\*: answered 301, a redirect to \/\*\*\*\/\*\*\*,/);
  });
});

describe('whatever status a target answers is an answer', () => {
  it.each([400, 401, 500, 503])('%i', async status => {
    target.breakWith({ is: 'answer', reply: { status, body: 'why' } });
    expect(await send({ method: 'GET', path: '/' })).toMatchObject({ status, body: 'why' });
  });

  it('200 with garbage', async () => {
    target.breakWith({ is: 'answer', reply: { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } } });
    expect(await send({ method: 'GET', path: '/' })).toMatchObject({
      status: 200,
      body: '<html>',
      headers: { 'content-type': 'text/html' },
    });
  });
});

describe('the target stand-in', () => {
  const drill = { labels: { alertname: 'E2E', awoooi_drill: 'true' } };
  const drillAnswer = { status: 'accepted', incident_id: null, is_new: false, drill: true };

  it('answers its health to anybody, and 401 without the token', async () => {
    expect(await answered({ method: 'GET', path: '/api/v1/health' })).toEqual([200, { status: 'ok' }]);
    expect(await post('/api/v1/webhooks/alertmanager', { version: '4', alerts: [drill] }, {})).toEqual([401, expect.anything()]);
  });

  it.each([
    ['/api/v1/webhooks/alertmanager', { version: '4', alerts: [drill] }],
    ['/api/v1/webhooks/signoz', { version: '4', alerts: [drill] }],
    ['/api/v1/webhooks/signoz/alert', { alertname: 'E2E', ...drill }],
  ])('answers a drill on %s as a drill, and takes an alert without the marker for real', async (path, body) => {
    expect(await post(path, body)).toEqual([200, drillAnswer]);
    const before = target.realAlerts.length;
    const real = JSON.parse(JSON.stringify(body).replaceAll('awoooi_drill', 'team'));
    expect(await post(path, real)).toEqual([200, expect.objectContaining({ is_new: true })]);
    expect(target.realAlerts.length).toBe(before + 1);
    expect(await post(path, '{')).toEqual([400, expect.anything()]);
  });

  it('wants Sentry’s signature over the raw bytes', async () => {
    const body = '{"action":"triggered","data":{"issue":{"id":"smoke-test-1"},"event":{"received":1566248777.0}}}';
    const path = '/api/v1/webhooks/sentry/error';
    expect(await post(path, body, sign(body))).toEqual([200, drillAnswer]);
    expect(await post(path, body, sign(JSON.stringify(JSON.parse(body))))).toEqual([401, expect.anything()]);
    expect(await post(path, body, {})).toEqual([401, expect.anything()]);
  });

  it('says whether Telegram is connected', async () => {
    target.setTelegramConnected(false);
    expect(await answered({ method: 'GET', path: '/api/v1/telegram/status', headers: BEARER })).toEqual([200, { connected: false }]);
  });

  it('lets an approval drill be asked for, read and withdrawn', async () => {
    const [status, body] = await post('/api/v1/approvals', { drill: true });
    expect([status, body]).toEqual([201, { id: 'drill-1', status: 'pending' }]);
    const path = '/api/v1/approvals/drill-1';
    expect(await answered({ method: 'GET', path, headers: BEARER })).toEqual([200, { id: 'drill-1', status: 'pending' }]);
    expect(await post(`${path}/withdraw`, {})).toEqual([200, { id: 'drill-1', status: 'withdrawn' }]);
    expect(target.approvals.get('drill-1')).toBe('withdrawn');
    expect(await post('/api/v1/approvals/nope/withdraw', {})).toEqual([404, expect.anything()]);
  });
});
