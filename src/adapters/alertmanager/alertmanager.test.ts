import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpServer, type Reply, startHttpServer } from '../../../test/servers/http-server.ts';
import type { Alertmanager, AlertmanagerReplica } from '../../domain/ports/alertmanager.ts';
import { receiversFor } from '../../domain/routing/walk.ts';
import { type OutgoingClient, outgoingClient } from '../../net/outgoing.ts';
import { alertmanagerApi } from './alertmanager.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/alertmanager-api');
const recorded = (name: string): string => readFileSync(join(FIXTURES, name), 'utf8');
const VERSIONS = ['0.25.0', '0.33.1'];
const signal = AbortSignal.timeout(30_000);

let server: HttpServer;
let client: OutgoingClient;
let api: Alertmanager;
let replica: AlertmanagerReplica;
let answers: Record<string, Reply>;

beforeEach(async () => {
  answers = {};
  server = await startHttpServer({ handle: ({ path }) => answers[path] ?? { status: 404 } });
  client = outgoingClient();
  api = alertmanagerApi(client);
  replica = { url: `${server.url}/alerting/`, address: '127.0.0.1', authorization: 'Bearer s3cret-token' };
});

afterEach(async () => {
  await client.close();
  await server.stop();
});

describe('what it sends', () => {
  it('posts alerts below the prefix, with the credential', async () => {
    answers['/alerting/api/v2/alerts'] = { status: 200 };
    const times = { startsAt: new Date('2026-01-01T00:00:00Z'), endsAt: new Date('2026-01-01T00:01:00Z') };
    await api.post(replica, [{ labels: { alertname: 'A' }, annotations: { summary: 's' }, ...times }], signal);
    expect(server.requests.map(({ method, path, headers }) => [method, path, headers['authorization'], headers['content-type']])).toEqual([
      ['POST', '/alerting/api/v2/alerts', 'Bearer s3cret-token', 'application/json'],
    ]);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual([
      {
        labels: { alertname: 'A' },
        annotations: { summary: 's' },
        startsAt: '2026-01-01T00:00:00.000Z',
        endsAt: '2026-01-01T00:01:00.000Z',
      },
    ]);
  });

  it('asks for alerts by an exact matcher', async () => {
    answers['/alerting/api/v2/alerts'] = { status: 200, body: [] };
    answers['/alerting/api/v2/alerts/groups'] = { status: 200, body: [] };
    await expect(api.alerts(replica, { label: 'n', value: 'a"b' }, signal)).resolves.toEqual([]);
    expect(server.requests.map(({ query }) => query.get('filter'))).toEqual(['n="a\\"b"', 'n="a\\"b"']);
  });

  it('takes every address of a name as a replica, a literal one as itself', async () => {
    await expect(api.replicas('http://[::1]:9093/x', 'Basic eA==', signal)).resolves.toEqual([
      { url: 'http://[::1]:9093/x', address: '::1', authorization: 'Basic eA==' },
    ]);
    const replicas = await api.replicas('http://localhost:9093', undefined, signal);
    expect(replicas.map(({ address }) => address)).toContain('127.0.0.1');
  });
});

describe.each(VERSIONS)('what it reads of Alertmanager %s', version => {
  it('the live route tree', async () => {
    answers['/alerting/api/v2/status'] = {
      status: 200,
      body: recorded(`${version}-status.json`),
      headers: { date: 'Mon, 23 Nov 2026 08:52:00 GMT' },
    };
    const status = await api.status(replica, signal);
    expect(status).toMatchObject({ version, clusterPeers: 0, time: new Date('2026-11-23T08:52:00Z') });
    expect(status.route).toMatchObject({ receiver: 'awoooi.default(x)', groupBy: ['alertname', 'cluster'], groupIntervalMs: 5_000 });
    expect(status.route.routes).toMatchObject([
      { receiver: 'ok', groupBy: ['...'], muteTimeIntervals: ['always'], continue: true },
      { receiver: 'ok', groupWaitMs: 60_000, continue: false },
      { activeTimeIntervals: ['always'] },
    ]);
    expect(receiversFor(status.route, { team: '12', env: 'live' })).toEqual(['ok']);
    expect(status.route.routes[2]?.matchers).toContainEqual({ name: 'quoted', value: 'a"b\\c,d', isRegex: false, isEqual: true });
  });

  it('how long it has been up, by its own clock', async () => {
    const date = 'Mon, 23 Nov 2026 08:54:00 GMT';
    answers['/alerting/api/v2/status'] = { status: 200, body: recorded(`${version}-status.json`), headers: { date } };
    expect(await api.upForMs(replica, signal)).toBe(version === '0.25.0' ? 102_230 : 100_570);
    answers['/alerting/api/v2/status'] = { status: 200, body: recorded(`${version}-status.json`), headers: { date: 'today' } };
    await expect(api.upForMs(replica, signal)).rejects.toMatchObject({ fault: 'malformed' });
  });

  it('the webhook URLs only where they are shown', async () => {
    answers['/alerting/api/v2/status'] = { status: 200, body: recorded(`${version}-status.json`) };
    const { webhookUrls } = await api.status(replica, signal);
    expect(webhookUrls.get('ok')).toEqual(version === '0.25.0' ? ['http://127.0.0.1:19810/ok'] : []);
  });

  it('the state of an alert, and its muting only from 0.28 on', async () => {
    answers['/alerting/api/v2/alerts'] = { status: 200, body: recorded(`${version}-alerts.json`) };
    answers['/alerting/api/v2/alerts/groups'] = { status: 200, body: recorded(`${version}-groups.json`) };
    const alerts = await api.alerts(replica, { label: 'case', value: 'muted' }, signal);
    const mutedBy = version === '0.25.0' ? [] : ['always'];
    expect(alerts).toMatchObject([{ labels: { case: 'muted' }, receivers: ['ok'], state: 'active', silencedBy: [], mutedBy }]);
    await expect(api.alertByFingerprint(replica, alerts[0]?.fingerprint ?? '', signal)).resolves.toMatchObject({
      labels: { case: 'muted' },
    });
    await expect(api.alertByFingerprint(replica, 'none', signal)).resolves.toBeUndefined();
  });

  it('its counters, of one receiver where they are kept apart', async () => {
    answers['/alerting/metrics'] = { status: 200, body: recorded(`${version}-metrics.txt`) };
    const counters = await api.counters(replica, { receiver: 'awoooi.default(x)' }, signal);
    expect(counters).toMatchObject({ sent: 1, failed: 1, requests: 1, requestsFailed: 1 });
    expect(counters.failedByReason).toMatchObject(version === '0.25.0' ? {} : { clientError: 1, serverError: 0 });
    const others = await api.counters(replica, { receiver: 'ok' }, signal);
    expect(others.sent).toBe(version === '0.25.0' ? 1 : 0);
  });
});

describe('a silence', () => {
  it('is read', async () => {
    const body = { id: 'i', createdBy: 'me', comment: 'c', endsAt: '2026-11-23T08:52:00.123Z', matchers: [] };
    answers['/alerting/api/v2/silence/i'] = { status: 200, body };
    await expect(api.silence(replica, 'i', signal)).resolves.toEqual({ ...body, endsAt: new Date(body.endsAt), matchers: undefined });
  });

  it('may be gone', async () => {
    await expect(api.silence(replica, 'i', signal)).resolves.toBeUndefined();
  });
});

describe('what goes wrong', () => {
  it.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [400, 'rejected'],
    [429, 'rate-limited'],
    [502, 'unavailable'],
  ])('%i is %s, with what it said and without the credential', async (status, fault) => {
    answers['/alerting/api/v2/alerts'] = { status, body: 'no: token s3cret-token of Bearer s3cret-token' };
    const posted = api.post(replica, [], signal);
    await expect(posted).rejects.toMatchObject({ name: 'PortError', fault, statusCode: status });
    await expect(posted).rejects.toThrow(new RegExp(`answered ${status}: no: token \\*\\*\\* of \\*\\*\\*$`));
  });

  it.each([
    ['an answer of something else', '<html>hello</html>', /not that of Alertmanager's API v2.*hello/],
    ['another JSON', { a: 1 }, /at versionInfo/],
    ['one that echoes the credential', { said: 's3cret-token' }, /at versionInfo.*\{"said":"\*\*\*"\}$/],
    [
      'a configuration that cannot be read',
      { versionInfo: { version: '1' }, cluster: {}, config: { original: 'route: [' } },
      /configuration that Alertmanager reports cannot be read/,
    ],
    [
      'a matcher that cannot be read',
      { versionInfo: { version: '1' }, cluster: {}, config: { original: 'route: {receiver: r, matchers: [what]}' } },
      /the matcher "what" cannot be read/,
    ],
  ])('%s is malformed', async (_, body, message) => {
    answers['/alerting/api/v2/status'] = { status: 200, body };
    const asked = api.status(replica, signal);
    await expect(asked).rejects.toMatchObject({ fault: 'malformed' });
    await expect(asked).rejects.toThrow(message);
  });

  it('a redirect is refused, not followed', async () => {
    answers['/alerting/api/v2/status'] = { status: 302, headers: { location: '/login' } };
    await expect(api.status(replica, signal)).rejects.toMatchObject({ fault: 'rejected', detail: 'redirected' });
  });

  it('a closed port is unreachable', async () => {
    await server.refuse();
    await expect(api.status(replica, signal)).rejects.toMatchObject({ fault: 'unreachable', detail: 'refused' });
  });

  it('a name that does not resolve is unreachable', async () => {
    await expect(api.replicas('http://no-such-host.invalid:9093', undefined, signal)).rejects.toMatchObject({
      detail: 'name-not-resolved',
    });
  });
});
