import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pem, serverTls } from '../../../test/parts/certificates.ts';
import { type Fault, type HttpServer, startHttpServer } from '../../../test/servers/http-server.ts';
import { type Signoz, startSignoz } from '../../../test/servers/signoz.ts';
import type { SignozCanaryRequest } from '../../domain/ports/signoz-channels.ts';
import { type OutgoingClient, outgoingClient } from '../../net/outgoing.ts';
import { signozChannels } from './channels.ts';

const CREDENTIAL = 'webhook-cr3dential';
let signoz: Signoz;
let ours: HttpServer;
let client: OutgoingClient;

beforeAll(async () => {
  signoz = await startSignoz({ basePath: '/signoz' });
  ours = await startHttpServer({ handle: () => ({ status: 200, body: { status: 'accepted' } }) });
  client = outgoingClient();
  signoz.setChannel({
    name: 'awoooi',
    webhook_configs: [
      { url: `${ours.url}/operator/api/v1/webhooks/signoz`, http_config: { authorization: { type: 'Bearer', credentials: CREDENTIAL } } },
    ],
  });
});
afterEach(() => {
  signoz.mend();
  ours.mend();
});
afterAll(async () => {
  await client.close();
  await signoz.stop();
  await ours.stop();
});

type Change = Omit<Partial<SignozCanaryRequest>, 'connection'> & { connection?: Partial<SignozCanaryRequest['connection']> };

const sendTest = ({ connection, ...rest }: Change = {}, signal = new AbortController().signal) =>
  signozChannels(client).sendTest(
    {
      channel: 'awoooi',
      testName: 'awoooi-canary-x',
      publicUrl: `${ours.url}/operator`,
      ...rest,
      connection: { url: signoz.url, apiKey: signoz.editorKey, ...connection },
    },
    signal,
  );

async function failure(sending: Promise<unknown>): Promise<Error> {
  const err = await sending.then(
    answer => answer,
    (reason: unknown) => reason,
  );
  if (!(err instanceof Error)) throw new Error(`not an error: ${JSON.stringify(err)}`);
  const shown = `${err.stack} ${JSON.stringify(err)} ${String(err.cause)}`;
  for (const secret of [CREDENTIAL, signoz.editorKey]) expect(shown).not.toContain(secret);
  return err;
}

const emptyList = () => ({ status: 200, body: { status: 'success', data: [] } });
const envelope = (status: number, code: string) => ({
  status,
  body: { status: 'error', error: { type: 't', code, message: `says ${code}` } },
});
const testsSent = (): number => signoz.requests.filter(({ path }) => path.endsWith('/channels/test')).length;

describe('a channel test', () => {
  it('carries the stored channel under another name to our webhook, with its credentials', async () => {
    expect(await sendTest({ testName: 'awoooi-canary-abc' })).toEqual({ is: 'sent' });
    const { headers, body, path } = ours.requests.at(-1) ?? {};
    expect(JSON.parse(body ?? '')).toMatchObject({ alerts: [{ labels: { alertname: 'Test Alert (awoooi-canary-abc)' } }] });
    expect([path, headers?.['authorization']]).toEqual(['/operator/api/v1/webhooks/signoz', `Bearer ${CREDENTIAL}`]);
  });

  it('sends the key in its own header and no Authorization, which would win over it', async () => {
    await sendTest({ connection: { url: `${signoz.url}/` } });
    const asked = signoz.requests.slice(-2);
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /signoz/api/v1/channels',
      'POST /signoz/api/v1/channels/test',
    ]);
    for (const { headers } of asked) expect([headers['signoz-api-key'], headers['authorization']]).toEqual([signoz.editorKey, undefined]);
  });

  it('posts everything that is stored, changed in nothing but the name', async () => {
    await sendTest({ testName: 'other' });
    const [, stored] = /"data":"((?:[^"\\]|\\.)*)"/.exec((await listed()).replaceAll('\n', '')) ?? [];
    expect(JSON.parse(signoz.requests.findLast(({ method }) => method === 'POST')?.body ?? '')).toEqual({
      ...JSON.parse(JSON.parse(`"${stored}"`)),
      name: 'other',
    });
  });

  it('is sent over TLS with the connection’s CA', async () => {
    const secure = await startHttpServer({ handle: emptyList, tls: serverTls() });
    const found = sendTest({ connection: { url: secure.url, caBundle: pem('ca') } });
    expect(await found).toEqual({ is: 'channel-not-found', existing: [] });
    expect(await failure(sendTest({ connection: { url: secure.url } }))).toMatchObject({ fault: 'unreachable', detail: 'tls' });
    await secure.stop();
  });
});

async function listed(): Promise<string> {
  const response = await fetch(`${signoz.url}/api/v1/channels`, { headers: { 'signoz-api-key': signoz.editorKey } });
  return response.text();
}

describe('a channel is not tested', () => {
  it('when it is not there', async () => {
    expect(await sendTest({ channel: 'nope' })).toEqual({ is: 'channel-not-found', existing: expect.arrayContaining(['awoooi']) });
  });

  it.each<[string, string]>([
    ['http://elsewhere.example/operator/x', 'elsewhere.example'],
    ['OURS.evil.example/operator/x', 'a URL that cannot be read'],
    ['OURS@evil.example/operator/x', 'evil.example'],
    ['OURS/operator-of-another/x', '127.0.0.1:PORT'],
    ['OURS/other', '127.0.0.1:PORT'],
    ['OURS/operator/../other', '127.0.0.1:PORT'],
    ['OURS/operator/%2e%2e/other', '127.0.0.1:PORT'],
    ['OURS\\@evil.example/operator', '127.0.0.1:PORT'],
    ['OURS/operator/{{.X}}', '127.0.0.1:PORT'],
    ['http://user:hunter2@evil.example/secret-path', 'evil.example'],
    ['{{ .X }}/operator', 'a URL that cannot be read'],
    ['', 'a URL that cannot be read'],
  ])('when its webhook is %s', async (url, host) => {
    signoz.setChannel({ name: 'foreign', webhook_configs: [{ url: url.replace('OURS', ours.url) }] });
    const before = testsSent();
    const answer = await sendTest({ channel: 'foreign' });
    expect(answer).toEqual({ is: 'channel-not-ours', host: host.replace('PORT', String(ours.port)) });
    expect(testsSent()).toBe(before);
  });

  it('when its webhook’s host only begins like ours', async () => {
    signoz.setChannel({ name: 'longer', webhook_configs: [{ url: 'https://ours.example.evil.example/x' }] });
    const answer = await sendTest({ channel: 'longer', publicUrl: 'https://ours.example' });
    expect(answer).toEqual({ is: 'channel-not-ours', host: 'ours.example.evil.example' });
  });

  it('when one of its webhooks leads elsewhere, or another notifier writes to people', async () => {
    const mine = { url: `${ours.url}/operator/x` };
    signoz.setChannel({ name: 'two', webhook_configs: [mine, { url: 'http://elsewhere.example/' }] });
    expect(await sendTest({ channel: 'two' })).toEqual({ is: 'channel-not-ours', host: 'elsewhere.example' });
    signoz.setChannel({ name: 'both', webhook_configs: [mine], slack_configs: [{ api_url: 'https://hooks.example/T/B/x' }] });
    expect(await sendTest({ channel: 'both' })).toEqual({ is: 'channel-not-ours', host: 'slack_configs' });
    signoz.setChannel({ name: 'slack', slack_configs: [{ api_url: 'https://hooks.example/T/B/x' }] });
    expect(await sendTest({ channel: 'slack' })).toEqual({ is: 'channel-not-ours', host: '' });
  });

  it.each(['', '/', '/operator', '/operator/', '/operator/api/v1/webhooks/signoz'])('but it is, when our URL ends in %j', async path => {
    expect(await sendTest({ publicUrl: `${ours.url}${path}` })).toEqual({ is: 'sent' });
  });
});

describe('what SigNoz or the way to it refuses', () => {
  it('is send-failed where its notifier met it, without credentials', async () => {
    ours.breakWith({ is: 'answer', reply: { status: 401, body: `who is ${CREDENTIAL}?\u0000` } });
    expect(await sendTest()).toEqual({ is: 'send-failed', message: 'unexpected status code 401: who is ***?' });
  });

  it.each<[string, Change, object]>([
    [
      'a wrong key',
      { connection: { apiKey: 'wrong' } },
      { fault: 'unauthorized', statusCode: 401, message: expect.stringContaining('API key') },
    ],
    ['a key that cannot be sent', { connection: { apiKey: 'a\nb' } }, { fault: 'rejected' }],
    ['a name that leads nowhere', { connection: { url: 'http://nowhere.invalid' } }, { fault: 'unreachable', detail: 'name-not-resolved' }],
    ['nobody listening', { connection: { url: 'http://127.0.0.1:1' } }, { fault: 'unreachable', detail: 'refused' }],
    ['a metadata address', { connection: { url: 'http://169.254.169.254' } }, { fault: 'unreachable', detail: 'address-denied' }],
  ])('is a PortError: %s', async (_, change, expected) => {
    expect(await failure(sendTest(change))).toMatchObject({ name: 'PortError', ...expected });
  });

  it('is forbidden where the key is only a viewer’s', async () => {
    const viewed = await startSignoz({
      keys: { v: 'viewer' },
      channels: [{ name: 'awoooi', webhook_configs: [{ url: `${ours.url}/operator` }] }],
    });
    const err = await failure(sendTest({ connection: { url: viewed.url, apiKey: 'v' } }));
    expect(err).toMatchObject({ fault: 'forbidden', statusCode: 403, message: expect.stringContaining('needs the role editor') });
    await viewed.stop();
  });

  it.each([true, false])('is unsupported where the URL misses the API (web UI: %s)', async webUi => {
    const other = await startSignoz({ basePath: '/below', webUi });
    const url = other.url.replace('/below', '');
    expect(await failure(sendTest({ connection: { url } }))).toMatchObject({ fault: 'unsupported', statusCode: webUi ? 200 : 404 });
    await other.stop();
  });

  it.each<[string, Fault, object]>([
    ['a list that is none', { is: 'answer', reply: { status: 200, body: { status: 'success', data: {} } } }, { fault: 'malformed' }],
    [
      'an unreadable channel',
      { is: 'answer', reply: { status: 200, body: { status: 'success', data: [{ name: 'awoooi', data: CREDENTIAL }] } } },
      { fault: 'malformed' },
    ],
    ['500 for the list', { is: 'answer', reply: envelope(500, 'unknown') }, { fault: 'unavailable', statusCode: 500 }],
    [
      'a v1 error',
      { is: 'answer', reply: { status: 500, body: { status: 'error', errorType: 'internal', error: 'no' } } },
      { fault: 'unavailable' },
    ],
    ['a proxy’s 502', { is: 'answer', reply: { status: 502, body: '<html>' } }, { fault: 'unavailable', statusCode: 502 }],
    ['a proxy’s 401', { is: 'answer', reply: { status: 401, body: '<html>' } }, { fault: 'unauthorized', statusCode: 401 }],
    [
      '429',
      { is: 'answer', reply: { ...envelope(429, 'x'), headers: { 'retry-after': '9' } } },
      { fault: 'rate-limited', retryAfterMs: 9000 },
    ],
    ['a redirect', { is: 'answer', reply: { status: 302, headers: { location: '/login' } } }, { fault: 'rejected', detail: 'redirected' }],
    ['a reset', { is: 'reset' }, { fault: 'unreachable', detail: 'reset' }],
    ['100 MB', { is: 'huge', bytes: 100 * 1024 * 1024 }, { fault: 'malformed', detail: 'too-large' }],
  ])('is a PortError: %s', async (_, fault, expected) => {
    signoz.breakWith(fault);
    expect(await failure(sendTest())).toMatchObject({ name: 'PortError', ...expected });
  });

  it.each<[string, Fault, object]>([
    [
      'a notifier that is not ready',
      { is: 'answer', reply: envelope(404, 'alertmanager_not_found') },
      { fault: 'unavailable', statusCode: 404 },
    ],
    ['a receiver it does not take', { is: 'answer', reply: envelope(400, 'invalid') }, { fault: 'rejected', statusCode: 400 }],
    ['a proxy’s 504', { is: 'answer', reply: { status: 504, body: CREDENTIAL } }, { fault: 'unavailable', statusCode: 504 }],
    [
      'a page',
      { is: 'answer', reply: { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } } },
      { fault: 'unsupported' },
    ],
  ])('is a PortError where only the test meets it: %s', async (_, fault, expected) => {
    signoz.breakWith(fault, ({ method }) => method === 'POST');
    expect(await failure(sendTest())).toMatchObject({ name: 'PortError', ...expected });
  });

  it('is timed-out when the caller’s time is over', async () => {
    signoz.breakWith({ is: 'hang' });
    expect(await failure(sendTest({}, AbortSignal.timeout(200)))).toMatchObject({ fault: 'unreachable', detail: 'timed-out' });
  });
});
