import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fault, startHttpServer } from '../../../test/servers/http-server.ts';
import { type Sentry as SentryServer, type SentryOptions, startSentry } from '../../../test/servers/sentry.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { type OutgoingClient, outgoingClient } from '../../net/outgoing.ts';
import { nextCursor } from './pages.ts';
import { sentryApi } from './sentry.ts';
import type { SentryConnection } from './sentry-api.ts';

const NOW = new Date('2026-03-29T02:00:00Z');
const MARKER = '[awoooi#inc-07-abcdefghijklm]';
const NOTE = { text: `what it is\n\n${MARKER}`, marker: MARKER };
const ISSUE = { issueId: '42', org: 'acme' };
const { signal } = new AbortController();

let server: SentryServer;
let client: OutgoingClient;

async function started(options: SentryOptions = {}): Promise<void> {
  await server?.stop();
  server = await startSentry({ now: () => NOW, ...options });
}

const sentry = (changes: Partial<SentryConnection> = {}) =>
  sentryApi(client, { url: server.url, token: () => server.token, now: () => NOW, ...changes });

const page = (status: number, body: unknown): Fault => ({ is: 'answer', reply: { status, body } });

const asked = (): string[] => server.requests.map(({ method, path }) => `${method} ${path}`);

async function failure(doing: Promise<unknown>): Promise<PortError> {
  const err = await doing.then(
    answer => new Error(`no error: ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  if (!(err instanceof PortError)) throw err;
  expect(`${err.stack} ${JSON.stringify(err)} ${String(err.cause)}`).not.toContain(server.token);
  return err;
}

beforeEach(async () => {
  client = outgoingClient();
  await started();
});
afterEach(async () => {
  await client.close();
  await server.stop();
});

describe('a comment', () => {
  it('is posted below the organization, and by the legacy path where none is known', async () => {
    await sentry().postNote(ISSUE, NOTE, signal);
    await sentry().postNote({ issueId: '42' }, { ...NOTE, text: `other\n${MARKER}` }, signal);
    expect(asked()).toEqual(['POST /api/0/organizations/acme/issues/42/comments/', 'POST /api/0/issues/42/comments/']);
    expect(server.notes('42').map(({ text }) => text)).toEqual([`other\n${MARKER}`, NOTE.text]);
  });

  it('is posted below the path that the URL has', async () => {
    await started({ basePath: '/sentry' });
    await sentry({ url: `${server.url}/` }).postNote(ISSUE, NOTE, signal);
    expect(asked()).toEqual(['POST /sentry/api/0/organizations/acme/issues/42/comments/']);
  });

  it.each(['log-entry', 'activity'] as const)('is known by the id that PUT takes, whatever the answer calls it: %s', async ids => {
    await started({ ids });
    const posted = await sentry().postNote(ISSUE, NOTE, signal);
    expect(posted).toEqual({ id: server.notes('42')[0]?.activityId, text: NOTE.text });
    const updated = await sentry().updateNote(ISSUE, { id: posted.id, text: 'changed' }, signal);
    expect(updated).toEqual({ id: posted.id, text: 'changed' });
    expect(server.notes('42')).toMatchObject([{ text: 'changed' }]);
  });

  it('is found where it was posted within the hour already', async () => {
    const first = await sentry().postNote(ISSUE, NOTE, signal);
    expect(await sentry().postNote(ISSUE, NOTE, signal)).toEqual(first);
    expect(server.notes('42')).toHaveLength(1);
  });

  it('that is gone is told from a failure', async () => {
    const { id } = await sentry().postNote(ISSUE, NOTE, signal);
    server.removeNote(id);
    expect(await sentry().updateNote(ISSUE, { id, text: 'x' }, signal)).toBeUndefined();
  });

  it('is found by its marker on whatever page it is, and only where that is the last line', async () => {
    await sentry().postNote(ISSUE, NOTE, signal);
    await sentry().postNote(ISSUE, { text: `talk of ${MARKER}\nby others`, marker: MARKER }, signal);
    for (let i = 0; i < 210; i += 1) await sentry().postNote(ISSUE, { text: `other ${i}`, marker: 'none' }, signal);
    expect(await sentry().findNote(ISSUE, MARKER, signal)).toEqual({ id: '1234', text: NOTE.text });
    const lists = server.requests.filter(({ method }) => method === 'GET');
    expect(lists.map(({ query }) => query.get('cursor'))).toEqual([null, '0:100:0', '0:200:0']);
    expect(await sentry().findNote(ISSUE, '[awoooi#inc-07-other]', signal)).toBeUndefined();
  });

  it('on an issue that was merged away goes to the one that is left', async () => {
    server.setIssue({ id: '41', mergedInto: '42' });
    await sentry().postNote({ ...ISSUE, issueId: '41' }, NOTE, signal);
    expect(server.notes('42')).toHaveLength(1);
  });

  it('is asked for with the token as it is now', async () => {
    let token = 'old-and-revoked';
    const rotated = sentry({ token: () => token });
    expect(await failure(rotated.postNote(ISSUE, NOTE, signal))).toMatchObject({ fault: 'unauthorized' });
    token = server.token;
    await rotated.postNote(ISSUE, NOTE, signal);
    expect(server.notes('42')).toHaveLength(1);
  });

  it.each(['../../users', 'a/b', '', '.', '42?x=1'])('is never asked for by what is no id: %j', async issueId => {
    expect(await failure(sentry().postNote({ ...ISSUE, issueId }, NOTE, signal))).toMatchObject({ fault: 'rejected' });
    expect(await failure(sentry().postNote({ issueId: '42', org: `${issueId}/` }, NOTE, signal))).toMatchObject({ fault: 'rejected' });
    expect(asked()).toEqual([]);
  });
});

describe('says what to do', () => {
  it.each<[string, () => Promise<unknown>, object]>([
    [
      'without a token',
      () => sentry({ token: () => undefined }).findNote(ISSUE, MARKER, signal),
      { fault: 'unauthorized', message: expect.stringContaining('SENTRY_API_TOKEN') },
    ],
    [
      'of a wrong token',
      () => sentry({ token: () => 'wrong-token' }).postNote(ISSUE, NOTE, signal),
      { fault: 'unauthorized', message: expect.stringContaining('internal integration') },
    ],
    [
      'of a token that may only read',
      () => sentry({ token: () => server.readerToken }).postNote(ISSUE, NOTE, signal),
      { fault: 'forbidden', message: expect.stringContaining('event:write') },
    ],
    [
      'of an unknown issue',
      () => sentry().postNote({ ...ISSUE, issueId: '1' }, NOTE, signal),
      { fault: 'rejected', statusCode: 404, message: expect.stringContaining('SENTRY_ORG') },
    ],
    [
      'of another organization',
      () => sentry().findNote({ ...ISSUE, org: 'other' }, MARKER, signal),
      { fault: 'rejected', statusCode: 404, message: expect.stringContaining('SENTRY_ORG') },
    ],
    [
      'of the list of issues without an organization',
      () => sentry().issuesSince(NOW, signal),
      { fault: 'unsupported', message: expect.stringContaining('set SENTRY_ORG') },
    ],
    [
      'of a blank text',
      () => sentry().postNote(ISSUE, { text: ' ', marker: MARKER }, signal),
      { fault: 'rejected', statusCode: 400, message: expect.stringContaining('may not be blank') },
    ],
  ])('%s', async (_, doing, expected) => {
    expect(await failure(doing())).toMatchObject(expected);
  });

  it('where the legacy path has ended; below the organization all goes on', async () => {
    server.endLegacyPaths();
    expect(await failure(sentry().postNote({ issueId: '42' }, NOTE, signal))).toMatchObject({
      fault: 'unsupported',
      statusCode: 410,
      message: expect.stringContaining('set SENTRY_ORG'),
    });
    await sentry().postNote(ISSUE, NOTE, signal);
    expect(server.notes('42')).toHaveLength(1);
  });
});

describe('the limit of calls', () => {
  it.each<[string, Readonly<Record<string, string>>, number | undefined]>([
    ['at its reset, without Retry-After', { 'x-sentry-rate-limit-reset': String(NOW.getTime() / 1000 + 30) }, 30_000],
    ['after a second where the reset is over', { 'x-sentry-rate-limit-reset': String(NOW.getTime() / 1000 - 5) }, 1_000],
    ['after what a proxy says', { 'retry-after': '7' }, 7_000],
    ['at the date that a proxy says', { 'retry-after': 'Sun, 29 Mar 2026 02:00:20 GMT' }, 20_000],
    ['after the longer of both', { 'x-sentry-rate-limit-reset': String(NOW.getTime() / 1000 + 3), 'retry-after': '9' }, 9_000],
    ['whenever one likes, where nobody says', {}, undefined],
    ['and nonsense is nobody', { 'retry-after': 'soon', 'x-sentry-rate-limit-reset': 'x' }, undefined],
  ])('ends %s', async (_, headers, retryAfterMs) => {
    server.breakWith({ is: 'answer', reply: { status: 429, headers, body: { detail: 'too frequently' } } });
    const { fault, retryAfterMs: found } = await failure(sentry().postNote(ISSUE, NOTE, signal));
    expect([fault, found]).toEqual(['rate-limited', retryAfterMs]);
  });

  it('is told by Sentry without Retry-After', async () => {
    server.limit(12);
    expect(await failure(sentry().findNote(ISSUE, MARKER, signal))).toMatchObject({ fault: 'rate-limited', retryAfterMs: 12_000 });
  });
});

describe('what goes wrong on the way is sorted', () => {
  it.each<[string, Fault, string]>([
    ['a reset', { is: 'reset' }, 'unreachable'],
    ['a server error', page(502, '<html>bad gateway'), 'unavailable'],
    ['a redirect', { is: 'answer', reply: { status: 302, headers: { location: 'https://sso.example.com/' } } }, 'rejected'],
    ['a page', page(200, '<!doctype html>'), 'malformed'],
    ['an answer that is no comment', page(201, { hello: 1 }), 'malformed'],
    ['an answer that is too large', { is: 'huge', bytes: 2 * 1024 * 1024 }, 'malformed'],
  ])('%s', async (_, fault, expected) => {
    server.breakWith(fault);
    expect(await failure(sentry().postNote(ISSUE, NOTE, signal))).toMatchObject({ fault: expected });
  });

  it.each<[string, Fault]>([
    ['a list that is none', page(200, { detail: 'x' })],
    [
      'a list without end',
      { is: 'answer', reply: { status: 200, headers: { link: '<http://a/?cursor=1>; rel="next"; results="true"' }, body: [] } },
    ],
  ])('%s', async (_, fault) => {
    server.breakWith(fault);
    expect(await failure(sentry().findNote(ISSUE, MARKER, signal))).toMatchObject({ fault: 'malformed' });
  });
});

describe('the list of issues', () => {
  it('holds the unresolved ones that were seen since, from all pages', async () => {
    const since = new Date('2026-03-29T01:00:00Z');
    await started({ issues: [] });
    for (let i = 0; i < 130; i += 1) server.setIssue({ id: String(1000 + i), lastSeen: NOW });
    server.setIssue({ id: '1', lastSeen: since });
    server.setIssue({ id: '2', lastSeen: new Date(since.getTime() - 1_000) });
    server.setIssue({ id: '3', lastSeen: NOW, status: 'resolved' });
    const issues = await sentry({ org: 'acme' }).issuesSince(since, signal);
    expect(issues).toHaveLength(131);
    expect(issues.at(-1)).toMatchObject({ id: '1', body: { id: '1', project: { slug: 'api' } } });
    expect(server.requests[0]?.query.get('query')).toBe('is:unresolved lastSeen:>=2026-03-29T01:00:00');
  });
});

it('takes of a link the cursor alone, so that the token goes to no other host', async () => {
  const elsewhere = await startHttpServer({ handle: () => ({ status: 200, body: [] }) });
  const link = `<${elsewhere.url}/api/0/?cursor=0:100:0>; rel="next"; results="true"`;
  server.breakWith({ is: 'answer', reply: { status: 200, headers: { link }, body: [] } }, ({ query }) => !query.has('cursor'));
  expect(await sentry().findNote(ISSUE, MARKER, signal)).toBeUndefined();
  expect([elsewhere.requests.length, server.requests.length]).toEqual([0, 2]);
  await elsewhere.stop();
});

it.each([
  ['', undefined],
  ['<https://s/?cursor=0:0:1>; rel="previous"; results="true"', undefined],
  ['<https://s/?cursor=0:100:0>; rel="next"; results="false"', undefined],
  ['<https://s/?cursor=0:0:1>; rel="previous"; results="false", <https://s/?cursor=0:100:0>; rel="next"; results="true"', '0:100:0'],
  ['<not a url>; rel="next"; results="true"', undefined],
])('the next page of %j is %j', (link, cursor) => {
  expect(nextCursor(link)).toBe(cursor);
});
