import { describe, expect, it } from 'vitest';
import { type Seed, seededIncident, seededIncidents } from '../../../test/builders/seeded-incidents.ts';
import { asCaller, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { PortError } from '../../domain/ports/port-error.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const at = (minute: number): Date => new Date(Date.UTC(2026, 2, 29, 2, minute));
const A = seededIncident();
const B = seededIncident({
  id: 'inc-04-bbbbbbbbbbbbb',
  anomalyKey: 'v1-4f9c0a1b2c4d5e6f',
  name: 'PodDown',
  severity: 'warning',
  openedAt: at(10),
});
const C = seededIncident({ id: 'inc-05-ccccccccccccc', source: 'sentry', name: 'TypeError: x', status: 'resolved', openedAt: at(20) });

function worldOf(seed: Seed = { incidents: [A, B, C] }) {
  const seeded = seededIncidents(seed);
  const world = webhookWorld({ incidents: seeded.store, outbox: seeded.outbox, changeTold: ['telegram', 'webhook'] });
  const get = (url: string) => world.app.inject({ url: `/api/v1${url}`, headers: asCaller });
  const post = (url: string, payload?: object) =>
    world.app.inject({ method: 'POST', url: `/api/v1${url}`, headers: asCaller, ...(payload && { payload }) });
  return { ...seeded, get, post };
}

interface Page {
  readonly incidents: { readonly id: string }[];
  readonly next: string | null;
}
const idsOf = (page: Page): string[] => page.incidents.map(({ id }) => id);

interface Described {
  readonly parameters: { readonly name: string }[];
  readonly responses: Record<number, { readonly content: Record<string, { readonly schema?: { readonly properties?: object } }> }>;
}

describe('the incidents', () => {
  it.each([
    ['', [C, B, A]],
    ['?status=open', [B, A]],
    ['?source=sentry', [C]],
    ['?severity=warning', [B]],
    ['?anomaly_key=v1-4f9c0a1b2c4d5e6f', [B]],
    ['?alertname=HighLatency', [A]],
    ['?alertname=TypeError%3A%20x', [C]],
    [`?since=${at(10).toISOString()}`, [C, B]],
    ['?until=2026-03-29T10:10:00%2B08:00', [B, A]],
    ['?status=open&severity=critical', [A]],
  ])('are listed newest first with %j', async (query, expected) => {
    const answer = await worldOf().get(`/incidents${query}`);
    expect(answer.statusCode).toBe(200);
    expect(idsOf(answer.json<Page>())).toEqual(expected.map(({ id }) => id));
    expect(answer.json<Page>().next).toBeNull();
  });

  it('come in pages, none twice and none left out', async () => {
    const { get } = worldOf();
    const first = (await get('/incidents?limit=2')).json<Page>();
    expect(idsOf(first)).toEqual([C.id, B.id]);
    const second = (await get(`/incidents?limit=2&cursor=${encodeURIComponent(first.next ?? '')}`)).json<Page>();
    expect([idsOf(second), second.next]).toEqual([[A.id], null]);
  });

  it.each([
    ['?limit=0', /whole number from 1 to 200/],
    ['?limit=201', /whole number from 1 to 200/],
    ['?limit=many', /whole number from 1 to 200/],
    ['?status=closed', /status/],
    ['?since=yesterday', /give a time such as 2026-03-29T10:00:00Z/],
    ['?cursor=forged', /the cursor is none of ours: leave it out/],
  ])('are refused with a sentence for %s', async (query, sentence) => {
    const answer = await worldOf().get(`/incidents${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ message: string }>().message).toMatch(sentence);
  });

  it('are told whole, and of a delivery’s memo only the id of the message', async () => {
    const secret = 'sntrys_eyJpYXQiOjE3MDAwMDAwMDB9_abcdefghijklmnop';
    const failed = {
      channel: 'sentry',
      state: 'dead' as const,
      at: at(3),
      attempts: 7,
      reason: `401 for Bearer ${secret}`,
      memo: { text: secret },
    };
    const told = seededIncident({ deliveries: [...A.deliveries, failed] });
    const answer = await worldOf({ incidents: [told] }).get(`/incidents/${A.id}`);
    expect(answer.body).not.toContain(secret);
    expect(answer.body).not.toContain('-100777');
    expect(answer.json()).toMatchObject({
      id: A.id,
      anomaly_key: 'v1-3f9c0a1b2c4d5e6f',
      source: 'alertmanager',
      alertname: 'HighLatency',
      severity: 'critical',
      status: 'open',
      opened_at: '2026-03-29T02:00:00.000Z',
      started_at: '2026-03-29T01:58:00.000Z',
      acknowledged_at: null,
      resolved_at: null,
      occurrences: 1,
      frequency: { last_1h: 1, last_24h: 2, last_7d: 3, last_30d: 4 },
      escalation: 'recurring',
      firing: 1,
      fingerprint: 'b2c4d5e6f7a80910',
      labels: { alertname: 'HighLatency', namespace: 'shop' },
      annotations: { summary: 'p99 is over 2 s' },
      links: { generator: 'http://prometheus.example.com/graph', runbook: null, signoz_rule: null, sentry_issue: null },
      analysis: null,
      silence: null,
      timeline: [{ at: '2026-03-29T02:00:00.000Z', what: 'opened', who: 'alertmanager', detail: null }],
      deliveries: [
        { channel: 'telegram', state: 'delivered', attempts: 0, reason: null, message_id: '42' },
        { channel: 'sentry', state: 'dead', attempts: 7, reason: expect.stringMatching(/^401 for Bearer/), message_id: null },
      ],
    });
  });

  it('are told with the analysis and the silence', async () => {
    const analysis = {
      by: 'gpt-x',
      asked: 'model' as const,
      rootCause: 'a full disk',
      impact: 'orders fail',
      fix: 'df -h',
      prevention: 'an alert at 80 %',
      confidence: 0.85,
      at: at(1),
    };
    const incident = seededIncident({ analysis, silence: { id: 's-1', by: 'kate', endsAt: at(59) } });
    expect((await worldOf({ incidents: [incident] }).get(`/incidents/${A.id}`)).json()).toMatchObject({
      analysis: { by: 'gpt-x', root_cause: 'a full disk', because: null, confidence: 0.85 },
      silence: { id: 's-1', by: 'kate', ends_at: at(59).toISOString() },
    });
  });

  it.each([
    ['inc-09-zzzzzzzzzzzzz', 'it never was, or is forgotten by age'],
    ['HighLatency', 'an id looks like'],
    ['inc-99-zzzzzzzzzzzzz', 'an id looks like'],
  ])('are answered 404 with a sentence for %s', async (id, sentence) => {
    const { get, post } = worldOf();
    for (const answer of [
      await get(`/incidents/${id}`),
      await post(`/incidents/${id}/acknowledge`),
      await post(`/incidents/${id}/resolve`),
    ]) {
      expect([answer.statusCode, answer.json<{ message: string }>().message]).toEqual([404, expect.stringContaining(sentence)]);
    }
  });

  it.each([
    ['acknowledge', 'acknowledged'],
    ['resolve', 'resolved'],
  ] as const)('%s by the name of the token, never by a field of the body, and the same when asked again', async (change, status) => {
    const { post, store, outbox } = worldOf();
    const first = await post(`/incidents/${A.id}/${change}`, { actor: 'mallory', who: 'mallory' });
    expect([first.statusCode, first.json()]).toMatchObject([
      200,
      { status, timeline: [{ what: 'opened' }, { what: status, who: 'pipeline' }] },
    ]);
    expect(first.body).not.toContain('mallory');
    const second = await post(`/incidents/${A.id}/${change}`);
    expect([second.statusCode, second.json()]).toEqual([200, first.json()]);
    expect((await store.find(A.id, soon()))?.revision).toBe(2);
    const told = await outbox.take(3, { consumer: 'a', count: 10, claimAfterMs: 1000 }, soon());
    expect(told.map(({ channel }) => channel)).toEqual(['telegram', 'webhook']);
  });

  it('are acknowledged in the name of the Kubernetes user where the token is one of Kubernetes', async () => {
    const { store } = seededIncidents({ incidents: [A] });
    const username = 'system:serviceaccount:oncall:bot';
    const world = webhookWorld({ incidents: store, tokenReviewer: { review: async () => ({ is: 'allowed', username }) } });
    const headers = { authorization: 'Bearer a-kubernetes-token' };
    const answer = await world.app.inject({ method: 'POST', url: `/api/v1/incidents/${A.id}/acknowledge`, headers });
    expect(answer.json()).toMatchObject({ status: 'acknowledged', timeline: [{}, { what: 'acknowledged', who: username }] });
  });

  it('are described in OpenAPI, with each filter and each field', async () => {
    const { app } = webhookWorld();
    const { paths } = (await app.inject('/api/docs/json')).json<{ paths: Record<string, { get: Described }> }>();
    const listed = paths['/api/v1/incidents']?.get;
    const filters = ['status', 'source', 'severity', 'anomaly_key', 'alertname', 'since', 'until', 'limit', 'cursor'];
    expect(listed?.parameters.map(({ name }) => name)).toEqual(filters);
    const { schema } = paths['/api/v1/incidents/{id}']?.get.responses[200]?.content['application/json'] ?? {};
    expect(Object.keys(schema?.properties ?? {})).toEqual(Object.keys((await worldOf().get(`/incidents/${A.id}`)).json<object>()));
  });

  it('are 503 while the store is away', async () => {
    const { store } = seededIncidents();
    const world = webhookWorld({ incidents: { ...store, list: () => Promise.reject(new PortError('unavailable', 'away')) } });
    expect((await world.app.inject({ url: '/api/v1/incidents', headers: asCaller })).statusCode).toBe(503);
  });
});

const FINGERPRINT = '9d3fa1bfa9a0ff0c';
const entry = (minute: number, over: object = {}) => ({
  at: at(minute),
  replica: 'awoooi-0',
  source: 'alertmanager' as const,
  status: 'firing' as const,
  outcome: 'accepted' as const,
  incidentId: A.id,
  ...over,
});

interface Traced extends Page {
  readonly entries: { readonly at: string }[];
}

describe('a trace', () => {
  const repeat = entry(1, { replica: 'awoooi-1', outcome: 'deduplicated', detail: 'the firing of 02:00' });

  it('is found by fingerprint, with its incidents', async () => {
    const { get } = worldOf({ incidents: [A, B], traces: { [FINGERPRINT]: [repeat, entry(0)] } });
    expect((await get(`/traces/${FINGERPRINT}`)).json()).toMatchObject({
      alert: FINGERPRINT,
      entries: [
        { replica: 'awoooi-1', outcome: 'deduplicated', detail: 'the firing of 02:00', incident_id: A.id },
        { replica: 'awoooi-0', outcome: 'accepted', detail: null },
      ],
      incidents: [{ id: A.id, deliveries: [{ channel: 'telegram', message_id: '42' }] }],
    });
  });

  it('is found by the id of an incident, and by the alertname', async () => {
    const other = entry(2, { incidentId: 'inc-03-ddddddddddddd' });
    const { get } = worldOf({ incidents: [A, B], traces: { [A.fingerprint]: [other, repeat, entry(0)] } });
    for (const alert of [A.id, 'HighLatency']) {
      const { entries, incidents } = (await get(`/traces/${alert}`)).json<Traced>();
      expect(entries.map(one => one.at)).toEqual([at(1).toISOString(), at(0).toISOString()]);
      expect(incidents.map(({ id }) => id)).toEqual([A.id]);
    }
  });

  it('of Sentry is found by the id of the issue, and by the title', async () => {
    const issue = seededIncident({ ...C, fingerprint: '4711' });
    const { get } = worldOf({ incidents: [issue], traces: { 4711: [entry(20, { source: 'sentry', incidentId: C.id })] } });
    for (const alert of ['4711', encodeURIComponent('TypeError: x'), C.id]) {
      expect((await get(`/traces/${alert}`)).json()).toMatchObject({ entries: [{ source: 'sentry' }], incidents: [{ id: C.id }] });
    }
  });

  it.each(['Nothing', 'inc-09-zzzzzzzzzzzzz', FINGERPRINT])('of what never came is empty: %s', async alert => {
    expect((await worldOf().get(`/traces/${alert}`)).json()).toEqual({ alert, entries: [], incidents: [], watchdogs: [] });
  });
});

describe('the deliveries', () => {
  const letter = (channel: string, incidentId = A.id) => ({ incidentId, channel, since: at(0), diedAt: at(5), attempts: 9, reason: '401' });
  const seed = { dead: [letter('telegram'), letter('webhook'), letter('telegram', B.id)], waiting: 2 };

  it('are counted, and the dead ones listed', async () => {
    expect((await worldOf(seed).get('/deliveries')).json()).toEqual({
      waiting: 2,
      dead: 3,
      oldest: '2026-03-29T02:00:00.000Z',
      longest_waiting: ['inc-00-0', 'inc-00-1'].map(incident_id => ({
        incident_id,
        channel: 'telegram',
        since: '2026-03-29T02:00:00.000Z',
        due: null,
        attempts: 0,
        reason: null,
      })),
      dead_letters: seed.dead.map(({ incidentId, since, diedAt, ...rest }) => ({
        ...rest,
        incident_id: incidentId,
        since: since.toISOString(),
        died_at: diedAt.toISOString(),
      })),
    });
    expect((await worldOf().get('/deliveries')).json()).toMatchObject({ waiting: 0, dead: 0, oldest: null, dead_letters: [] });
  });

  it.each([
    [undefined, 3],
    [{}, 3],
    [{ incident_id: A.id }, 2],
    [{ channel: 'telegram' }, 2],
    [{ incident_id: B.id, channel: 'webhook' }, 0],
  ])('are put back by %j', async (body, retried) => {
    const { get, post } = worldOf(seed);
    expect((await post('/deliveries/retry', body)).json()).toEqual({ retried });
    expect((await get('/deliveries')).json()).toMatchObject({ dead: 3 - retried });
  });

  it.each([{ incidentId: A.id }, { channel: 'fax' }, { incident_id: 7 }])(
    'are left where %j is asked, which would otherwise mean all',
    async body => {
      const { get, post } = worldOf(seed);
      expect((await post('/deliveries/retry', body)).statusCode).toBe(400);
      expect((await get('/deliveries')).json()).toMatchObject({ dead: 3 });
    },
  );
});
