import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPrometheus } from '../../../test/parts/prometheus.ts';
import { type HttpServer, type Reply, startHttpServer } from '../../../test/servers/http-server.ts';
import { type OutgoingClient, outgoingClient } from '../../net/outgoing.ts';
import { prometheusRuleTimings } from './rule-timings.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);

let client: OutgoingClient;
beforeEach(() => {
  client = outgoingClient();
});
afterEach(() => client.close());

/** As a rule file has it. */
const alert = (name: string, holds?: string) => ({ alert: name, expr: 'vector(1)', ...(holds !== undefined && { for: holds }) });

/** As Prometheus answers with it. */
const rule = (over: object) => ({ type: 'alerting', name: 'A b&c', duration: 1.5, query: 'up == 0', ...over });

it('reads the slowest rule of a name from a real Prometheus', async () => {
  const groups = [
    {
      name: 'fast',
      interval: '30s',
      rules: [alert('Slow', '5m'), alert('Longer', '10m'), alert('AtOnce'), { record: 'recorded', expr: 'vector(1)' }],
    },
    { name: 'slow', interval: '2m', rules: [alert('Slow', '4m'), alert('Longer', '1m'), alert('Slow (of another name)', '1h')] },
  ];
  const prometheus = await startPrometheus({ rules: JSON.stringify({ groups }) });
  try {
    const timings = prometheusRuleTimings(client, { url: prometheus.url, authorization: () => undefined });
    expect(await timings.ofAlert('AtOnce', soon())).toEqual({ forMs: 0, intervalMs: 30_000 });
    expect(await timings.ofAlert('Slow', soon())).toEqual({ forMs: 240_000, intervalMs: 120_000 });
    expect(await timings.ofAlert('Longer', soon())).toEqual({ forMs: 600_000, intervalMs: 30_000 });
    expect(await timings.ofAlert('recorded', soon())).toBeUndefined();
    expect(await timings.ofAlert('Slower', soon())).toBeUndefined();
  } finally {
    await prometheus.stop();
  }
});

describe('against a server that is told what to answer', () => {
  let server: HttpServer;
  let answer: Reply;
  beforeEach(async () => {
    server = await startHttpServer({ handle: () => answer });
  });
  afterEach(() => server.stop());

  const asked = (name = 'A b&c') =>
    prometheusRuleTimings(client, { url: `${server.url}/prometheus/`, authorization: () => 'Bearer s3cret-token' }).ofAlert(name, soon());
  const answering = (rules: readonly object[], interval: unknown = 15): void => {
    answer = { status: 200, body: { status: 'success', data: { groups: [{ name: 'g', file: 'f', interval, rules }] } } };
  };

  it('asks below the prefix, for that name alone, with the credential', async () => {
    answering([rule({})]);
    expect(await asked()).toEqual({ forMs: 1_500, intervalMs: 15_000 });
    const [request] = server.requests;
    expect([request?.method, request?.path, request?.headers['authorization']]).toEqual([
      'GET',
      '/prometheus/api/v1/rules',
      'Bearer s3cret-token',
    ]);
    expect([...(request?.query ?? [])]).toEqual([
      ['type', 'alert'],
      ['rule_name[]', 'A b&c'],
      ['exclude_alerts', 'true'],
    ]);
  });

  it('takes no rule of another name for it, where a version answers with all of them', async () => {
    answering([rule({ name: 'Other', duration: 3_600 }), { type: 'recording', name: 'A b&c' }, rule({ duration: 60 })]);
    expect(await asked()).toEqual({ forMs: 60_000, intervalMs: 15_000 });
  });

  it.each([
    [401, 'unauthorized', /AWOOOI_PROMETHEUS_AUTHORIZATION/],
    [403, 'unauthorized', /AWOOOI_PROMETHEUS_AUTHORIZATION/],
    [404, 'rejected', /answered 404/],
    [422, 'rejected', /answered 422/],
    [429, 'rate-limited', /answered 429/],
    [503, 'unavailable', /answered 503/],
  ])('%i is %s, with what it said and without the credential', async (status, fault, message) => {
    answer = { status, body: { status: 'error', errorType: 'x', error: 'no to s3cret-token' } };
    const looked = asked();
    await expect(looked).rejects.toMatchObject({ name: 'PortError', fault, statusCode: status });
    await expect(looked).rejects.toThrow(message);
    await expect(looked).rejects.toThrow(/AWOOOI_PROMETHEUS_URL: it answered \d+: no to \*\*\*/);
  });

  it.each<[string, () => void]>([
    ['another page', () => (answer = { status: 200, body: '<html>hello</html>' })],
    ['an error with a status of success', () => (answer = { status: 200, body: { status: 'error', error: 'e' } })],
    ['a rule without its duration', () => answering([rule({ duration: undefined })])],
    ['an interval in words', () => answering([rule({})], '15s')],
  ])('%s is malformed', async (_, answers) => {
    answers();
    await expect(asked()).rejects.toMatchObject({ fault: 'malformed' });
  });

  it('a closed port is unreachable, and a redirect is not followed', async () => {
    answer = { status: 302, headers: { location: '/graph' } };
    await expect(asked()).rejects.toMatchObject({ fault: 'rejected', detail: 'redirected' });
    await server.refuse();
    await expect(asked()).rejects.toMatchObject({ fault: 'unreachable', detail: 'refused' });
  });
});
