import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type HttpServer, startHttpServer } from './http-server.ts';
import { type Signoz, startSignoz } from './signoz.ts';
import { type SignozCaller, signozCaller } from './signoz-caller.ts';

const recorded: { path: string; headers: Record<string, string>; body: Record<string, unknown> } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/signoz/webhook-channel-test.json'), 'utf8'),
);

let signoz: Signoz;
let webhook: HttpServer;

beforeAll(async () => {
  signoz = await startSignoz({ keys: { v: 'viewer', e: 'editor', a: 'admin' } });
  webhook = await startHttpServer({ handle: () => ({ status: 200, body: { status: 'accepted' } }) });
});
afterEach(() => webhook.mend());
afterAll(async () => {
  await signoz.stop();
  await webhook.stop();
});

const asked: SignozCaller = (...call) => signozCaller({ url: signoz.url, editorKey: 'e' })(...call);

const hook = (
  name: string,
  url = `${webhook.url}/api/v1/webhooks/signoz`,
  http_config: object = { authorization: { type: 'Bearer', credentials: 'tok' } },
) => ({
  name,
  webhook_configs: [{ send_resolved: true, url, http_config }],
});

const error = (code: string, message: unknown) => ({ status: 'error', error: expect.objectContaining({ code, message }) });

it('sends the channel test exactly as it was recorded from SigNoz, apart from ids, times and hosts', async () => {
  expect(await asked('POST', '/api/v1/channels/test', { body: hook('ops-hook') })).toEqual([204, '']);
  const { path, headers, body } = webhook.requests.at(-1) ?? {};
  expect(path).toBe(recorded.path);
  const sent = JSON.parse(body ?? '');
  const [alert] = sent.alerts;
  const [expected] = Object.values(recorded.body['alerts'] ?? {});
  expect(sent).toEqual({
    ...recorded.body,
    alerts: [{ ...expected, startsAt: alert.startsAt }],
    groupKey: expect.stringMatching(/^ops-hook-6e200eb4c096d0b7-\d{10}$/),
  });
  for (const name of ['User-Agent', 'Authorization', 'Content-Type']) expect(headers?.[name.toLowerCase()]).toBe(recorded.headers[name]);
  expect(body?.endsWith('}\n')).toBe(true);
});

it('quotes the receiver’s name as a regular expression', async () => {
  await asked('POST', '/api/v1/channels/test', { body: hook('a.b(c)') });
  expect(JSON.parse(webhook.requests.at(-1)?.body ?? '')).toMatchObject({ receiver: String.raw`a\.b\(c\)` });
});

const internal = (message: unknown) => [500, error('unknown', message)];

describe('a channel test that fails is a 500 with the notifier’s words', () => {
  it('for a status', async () => {
    webhook.breakWith({ is: 'answer', reply: { status: 401, body: 'wrong credentials' } });
    expect(await asked('POST', '/api/v1/channels/test', { body: hook('x') })).toEqual(
      internal('unexpected status code 401: wrong credentials'),
    );
  });

  it('for a refused connection', async () => {
    expect(await asked('POST', '/api/v1/channels/test', { body: hook('x', 'http://127.0.0.1:1/') })).toEqual(
      internal(expect.stringMatching(/^Post "<redacted>": .*ECONNREFUSED/)),
    );
  });

  it('for malformed JSON', async () => {
    expect(await asked('POST', '/api/v1/channels/test', { body: '{' })).toEqual(internal(expect.stringMatching(/^invalid character/)));
  });
});

it('follows a 302 as a GET and takes its 200 for success, as Alertmanager does', async () => {
  const front = await startHttpServer({ handle: () => ({ status: 302, headers: { location: `${webhook.url}/elsewhere` } }) });
  expect((await asked('POST', '/api/v1/channels/test', { body: hook('x', front.url) }))[0]).toBe(204);
  expect(webhook.requests.at(-1)).toMatchObject({ method: 'GET', path: '/elsewhere', body: '' });
  const strict = hook('x', front.url, { follow_redirects: false });
  expect(await asked('POST', '/api/v1/channels/test', { body: strict })).toEqual([500, expect.anything()]);
  await front.stop();
});

describe('channels', () => {
  it('are stored by an admin only, once per name, and listed with credentials in clear', async () => {
    expect(await asked('POST', '/api/v1/channels', { body: hook('one') })).toEqual([
      403,
      error('authz_forbidden', 'only admins can access this resource'),
    ]);
    expect((await asked('POST', '/api/v1/channels', { key: 'a', body: hook('one') }))[0]).toBe(201);
    const again = await asked('POST', '/api/v1/channels', { key: 'a', body: hook('one') });
    expect(again).toEqual([400, error('alertmanager_config_conflict', expect.stringContaining('has to be unique'))]);
    const [status, list] = await asked('GET', '/api/v1/channels', { key: 'v' });
    expect([status, list]).toEqual([200, { status: 'success', data: [expect.objectContaining({ name: 'one', type: 'webhook' })] }]);
    expect(JSON.stringify(list)).toContain(String.raw`\"credentials\":\"tok\"`);
  });

  it('can be changed, but not renamed, and deleted', async () => {
    const [, made] = await asked('POST', '/api/v1/channels', { key: 'a', body: hook('two') });
    const id = /"id":"([^"]+)"/.exec(JSON.stringify(made))?.[1];
    expect(await asked('PUT', `/api/v1/channels/${id}`, { key: 'a', body: hook('two', 'http://x/') })).toEqual([204, '']);
    expect(await asked('PUT', `/api/v1/channels/${id}`, { key: 'a', body: hook('three') })).toEqual([
      400,
      error('alertmanager_channel_name_mismatch', 'cannot update channel name'),
    ]);
    expect((await asked('DELETE', `/api/v1/channels/${id}`, { key: 'a' }))[0]).toBe(204);
    expect(await asked('GET', `/api/v1/channels/${id}`)).toEqual([404, error('alertmanager_channel_not_found', expect.anything())]);
  });

  it('need a notifier', async () => {
    const [status, body] = await asked('POST', '/api/v1/channels', { key: 'a', body: { name: 'empty' } });
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('must have at least one notification configuration')]);
  });
});

it('knows callers by their key, and routes by their path', async () => {
  expect(await asked('GET', '/api/v1/channels', { key: 'nobody' })).toEqual([401, error('unauthenticated', 'unauthenticated')]);
  expect(await asked('POST', '/api/v1/channels/test', { key: 'v', body: hook('x') })).toEqual([
    403,
    error('authz_forbidden', 'only editors/admins can access this resource'),
  ]);
  expect(await asked('GET', '/api/v9/nothing')).toEqual([200, expect.stringContaining('<!doctype html>')]);
});
