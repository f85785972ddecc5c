import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sentrySignature } from '../../src/domain/sentry/signature.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';
import { type Sentry, startSentry } from './sentry.ts';
import { issueBody, sendSentryWebhook, sendUnsignedWebhook } from './sentry-webhook.ts';

const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(`../fixtures/sentry/${name}.json`, import.meta.url), 'utf8'));

const SECRET = 'd4c3b2a1d4c3b2a1d4c3b2a1d4c3b2a1';
const NOTES = '/api/0/organizations/acme/issues/42/comments/';
const TEXT = '[awoooi#inc-7f3] analysis ...';
let sentry: Sentry;
let now: Date;
let hook: HttpServer;

beforeEach(async () => {
  now = new Date('2026-08-20T10:06:00Z');
  hook = await startHttpServer({ handle: () => ({ status: 200, body: {} }) });
  sentry = await startSentry({ now: () => now, receiver: { url: hook.url, clientSecret: SECRET } });
});
afterEach(async () => {
  await sentry.stop();
  await hook.stop();
});

async function call(method: string, path: string, { body, token = sentry.token, headers = {} }: Call = {}): Promise<Answer> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${sentry.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(token !== '' && { authorization: `Bearer ${token}` }), 'content-type': 'application/json', ...headers },
    ...json,
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}
interface Call {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Ids and times differ from call to call. */
function alike(value: unknown): unknown {
  const text = JSON.stringify(value, (name, field: unknown) =>
    /^(id|commentId|comment_id|dateCreated|timestamp)$/.test(name) ? typeof field : field,
  );
  return JSON.parse(text);
}

describe('recordings replay', () => {
  it('the answer to a comment', async () => {
    const { status, body } = await call('POST', NOTES, { body: { text: TEXT } });
    expect([status, alike(body)]).toEqual([201, alike(fixture('sentry-comment-201-response'))]);
  });

  it('the webhook about it, signed over its bytes', async () => {
    await call('POST', NOTES, { body: { text: TEXT } });
    expect(await sentry.told()).toEqual([{ status: 200 }]);
    const { headers = {}, body = '' } = hook.requests[0] ?? {};
    expect(alike({ body: JSON.parse(body) })).toEqual(alike({ body: field(fixture('sentry-comment.created'), 'body') }));
    expect(headers['sentry-hook-signature']).toBe(sentrySignature(SECRET, body));
    const recorded = Object.keys(Object(field(fixture('sentry-comment.created'), 'headers')));
    expect(Object.keys(headers)).toEqual(expect.arrayContaining(recorded));
  });

  it.each([
    ['issue', 'created'],
    ['issue', 'resolved'],
    ['error', 'created'],
    ['event_alert', 'triggered'],
    ['activity_alert', 'triggered'],
    ['metric_alert', 'critical'],
    ['comment', 'created'],
    ['installation', 'created'],
  ] as const)('the webhook %s, %s', async (resource, action) => {
    const recorded = fixture(`sentry-${resource}.${action}`);
    await sendSentryWebhook({ url: hook.url, clientSecret: SECRET }, { resource, body: field(recorded, 'body') });
    const { headers = {}, body = '' } = hook.requests[0] ?? {};
    expect(JSON.parse(body)).toEqual(field(recorded, 'body'));
    expect(headers).toMatchObject({ 'sentry-hook-resource': resource, 'user-agent': 'sentry/26.8.0 (https://sentry.io)' });
    expect(Object.keys(headers)).toEqual(expect.arrayContaining(Object.keys(Object(field(recorded, 'headers')))));
  });

  it.each(['sentry-legacy-webhooks-plugin', 'sentry-seed-flat-triggered'])('%s, which nothing signs', async name => {
    const recorded = fixture(name);
    expect(await sendUnsignedWebhook(`${hook.url}/?token=t`, field(recorded, 'body'))).toEqual({ status: 200 });
    const { headers = {}, body = '' } = hook.requests[0] ?? {};
    expect(JSON.parse(body)).toEqual(field(recorded, 'body'));
    expect(headers).toMatchObject({ ...Object(field(recorded, 'headers')) });
    expect(Object.keys(headers).filter(each => each.startsWith('sentry-'))).toEqual([]);
  });

  it.each(['created', 'resolved'] as const)('an issue that is %s, made from a few words', action => {
    const { issue: recorded } = Object(field(field(fixture(`sentry-issue.${action}`), 'body'), 'data'));
    const made = issueBody(action, { issueId: '42', title: 'TimeoutError: upstream timed out', at: now });
    const { issue } = Object(field(made, 'data'));
    expect(Object.keys(Object(recorded))).toEqual(expect.arrayContaining(Object.keys(issue)));
    const { id, title, culprit, permalink, level, project, status, url } = Object(recorded);
    expect(issue).toMatchObject({ id, title, culprit, permalink, level, project, status, ...(action === 'created' && { url }) });
  });
});

function field(value: unknown, name: string): unknown {
  return Object(value)[name];
}

describe('what Sentry refuses', () => {
  it.each<[string, string, string, Call, number, unknown]>([
    ['a path without its slash', 'POST', NOTES.slice(0, -1), {}, 404, { info: expect.stringContaining('trailing slash') }],
    ['no token', 'GET', NOTES, { token: '' }, 401, { detail: 'Authentication credentials were not provided.' }],
    ['an unknown token', 'GET', NOTES, { token: 'x' }, 401, { detail: 'Invalid token' }],
    ['no text', 'POST', NOTES, { body: {} }, 400, { text: ['This field is required.'] }],
    ['a blank text', 'POST', NOTES, { body: { text: ' \n' } }, 400, { text: ['This field may not be blank.'] }],
    ['a text with NUL', 'POST', NOTES, { body: { text: 'a\u0000' } }, 400, { text: ['Null characters are not allowed.'] }],
    ['another type', 'POST', NOTES, { body: { text: 'a' }, headers: { 'content-type': 'text/plain' } }, 415, expect.anything()],
    ['an unknown issue', 'GET', '/api/0/organizations/acme/issues/1/comments/', {}, 404, expect.anything()],
    ['another organization', 'GET', '/api/0/organizations/other/issues/42/comments/', {}, 404, expect.anything()],
    ['a short id on the legacy path', 'GET', '/api/0/issues/API-1A/comments/', {}, 404, expect.anything()],
    ['a note of nobody', 'PUT', `${NOTES}9/`, { body: { text: 'a' } }, 404, { detail: 'The requested resource does not exist' }],
    ['pages that are too long', 'GET', `${NOTES}?per_page=101`, {}, 400, expect.anything()],
    ['a cursor that is none', 'GET', `${NOTES}?cursor=x`, {}, 400, expect.anything()],
  ])('%s', async (_, method, path, options, status, body) => {
    expect(await call(method, path, options)).toMatchObject({ status, body });
  });

  it('writing by a token that may only read', async () => {
    expect((await call('GET', NOTES, { token: sentry.readerToken })).status).toBe(200);
    expect((await call('POST', NOTES, { token: sentry.readerToken, body: { text: 'a' } })).status).toBe(403);
  });

  it('the same comment within the hour, and not after it, and not of another integration', async () => {
    const post = (token?: string): Promise<Answer> =>
      call('POST', NOTES, { body: { text: ` ${TEXT}\n` }, ...(token !== undefined && { token }) });
    sentry.setTokens({ [sentry.token]: { scopes: ['event:write'], app: 'awoooi' }, other: { scopes: ['event:admin'], app: 'other' } });
    expect((await post()).status).toBe(201);
    expect(await post()).toMatchObject({ status: 400, body: { detail: 'You have already posted that comment.' } });
    expect((await post('other')).status).toBe(201);
    now = new Date(now.getTime() + 3_600_000);
    expect((await post()).status).toBe(201);
    expect(sentry.notes('42').map(({ text }) => text)).toEqual([TEXT, TEXT, TEXT]);
  });

  it('to change the note of another', async () => {
    sentry.setTokens({ [sentry.token]: { scopes: ['event:write'], app: 'awoooi' }, other: { scopes: ['event:write'], app: 'other' } });
    await call('POST', NOTES, { body: { text: TEXT } });
    const path = `${NOTES}${sentry.notes('42')[0]?.activityId}/`;
    expect((await call('PUT', path, { token: 'other', body: { text: 'x' } })).status).toBe(404);
    expect((await call('PUT', path, { body: { text: 'x' } })).status).toBe(200);
    expect((await call('DELETE', path)).status).toBe(204);
    expect(sentry.notes('42')).toEqual([]);
  });

  it('the legacy path once it has ended, of which it warned', async () => {
    const path = '/api/0/issues/42/comments/';
    expect((await call('GET', path)).headers.get('x-sentry-deprecation-date')).not.toBeNull();
    sentry.endLegacyPaths();
    expect(await call('GET', path)).toMatchObject({ status: 410, body: { message: 'This API no longer exists.' } });
    expect((await call('GET', NOTES)).status).toBe(200);
  });

  it('too many calls, with the time of the reset and without Retry-After', async () => {
    sentry.limit(30);
    const { status, headers } = await call('GET', NOTES);
    expect([status, headers.get('x-sentry-rate-limit-reset'), headers.get('retry-after')]).toEqual([
      429,
      String(now.getTime() / 1000 + 30),
      null,
    ]);
  });
});

describe('webhooks', () => {
  const at = new Date('2026-08-20T10:05:00Z');
  const webhook = { resource: 'issue' as const, body: { action: 'created', title: 'café 👀', timestamp: 1566248777 }, at };

  it('are written as Python writes JSON, and signed that way', async () => {
    await sendSentryWebhook({ url: hook.url, clientSecret: SECRET }, webhook);
    const { headers = {}, body = '' } = hook.requests[0] ?? {};
    expect(body).toBe(String.raw`{"action":"created","title":"caf\u00e9 \ud83d\udc40","timestamp":1566248777.0}`);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
      'sentry-hook-resource': 'issue',
      'sentry-hook-timestamp': String(at.getTime() / 1000),
      'sentry-hook-signature': sentrySignature(SECRET, body),
    });
  });

  it('are sent once, whatever the answer is, and follow no redirect', async () => {
    hook.breakWith({ is: 'answer', reply: { status: 503 } });
    expect(await sendSentryWebhook({ url: hook.url, clientSecret: SECRET }, webhook)).toEqual({ status: 503 });
    hook.breakWith({ is: 'answer', reply: { status: 302, headers: { location: hook.url } } });
    expect(await sendSentryWebhook({ url: hook.url, clientSecret: SECRET }, webhook)).toEqual({ status: 302 });
    expect(hook.requests).toHaveLength(2);
  });

  it('wait no longer than a second', async () => {
    hook.breakWith({ is: 'hang' });
    expect(await sendSentryWebhook({ url: hook.url, clientSecret: SECRET }, webhook)).toEqual({ failed: 'TimeoutError' });
  });
});
