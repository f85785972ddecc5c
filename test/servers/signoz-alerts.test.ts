import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { postableRule, ruleCondition, ruleThresholds } from '../builders/signoz-rule.ts';
import { type SignozWorld, signozWorld } from '../builders/signoz-world.ts';

const NO_END = '0001-01-01T00:00:00Z';

let world: SignozWorld;

beforeEach(async () => {
  world = await signozWorld();
});
afterEach(() => world.stop());

describe('an alert', () => {
  it('is sent to its rule’s channels as SigNoz sends it, and so is its end', async () => {
    const { signoz, webhook, setClock, posted, stateOf } = world;
    const rule = await posted({
      notificationSettings: { groupBy: ['k8s.pod.name'] },
      labels: { team: 'platform', zone: '{{$labels.zone}}' },
      annotations: { summary: '{{$k8s.pod.name}}: {{ $value }} > {{$threshold}}' },
    });
    const labels = { 'k8s.pod.name': 'api-0', zone: 'b', empty: '' };
    const firing = { rule, labels, annotations: { description: 'told' }, value: '5 %' };
    expect(await signoz.fire(firing)).toEqual([{ channel: 'ops-hook', attempts: 1 }]);
    expect(await stateOf(rule.id)).toBe('firing');

    const url = `http://localhost:8080/alerts/overview?ruleId=${rule.id}`;
    const groupLabels = { 'k8s.pod.name': 'api-0', ruleId: rule.id };
    const all = {
      alertname: rule.name,
      ...groupLabels,
      ruleSource: url,
      severity: 'critical',
      team: 'platform',
      'threshold.name': 'critical',
      zone: 'b',
    };
    const annotations = { description: 'told', summary: 'api-0: 5 % > 1' };
    const alert = {
      status: 'firing',
      labels: all,
      annotations,
      startsAt: '2026-11-26T10:00:00.000Z',
      endsAt: NO_END,
      generatorURL: url,
      fingerprint: expect.stringMatching(/^[\da-f]{16}$/),
    };
    const sent = JSON.parse(webhook.requests[0]?.body ?? '');
    expect(sent).toEqual({
      receiver: 'ops-hook',
      status: 'firing',
      alerts: [alert],
      groupLabels,
      commonLabels: all,
      commonAnnotations: annotations,
      externalURL: 'http://localhost:8080',
      version: '4',
      groupKey: `{__receiver__="ops-hook"}:{k8s.pod.name="api-0", ruleId="${rule.id}"}`,
      truncatedAlerts: 0,
    });
    expect(webhook.requests[0]?.headers).toMatchObject({ 'user-agent': 'Alertmanager/', 'content-type': 'application/json' });

    setClock('2026-11-26T10:05:00.000Z');
    await signoz.resolve(firing);
    expect(JSON.parse(webhook.requests[1]?.body ?? '')).toEqual({
      ...sent,
      status: 'resolved',
      alerts: [{ ...alert, status: 'resolved', endsAt: '2026-11-26T10:05:00.000Z' }],
    });
    expect(await stateOf(rule.id)).toBe('inactive');
  });

  it('keeps its start when it is repeated, and is told with what fires beside it until it has ended', async () => {
    const { signoz, setClock, posted, toldTo } = world;
    const rule = await posted();
    const [a, b] = [
      { rule, labels: { pod: 'a' } },
      { rule, labels: { pod: 'b' } },
    ];
    await signoz.fire(a);
    setClock('2026-11-26T11:00:00.000Z');
    await signoz.fire(a);
    await signoz.fire(b);
    await signoz.resolve(a);
    await signoz.fire(b);
    const told = toldTo('ops-hook').map(({ status, alerts }) => [status, ...alerts.map(one => `${one.labels['pod']} ${one.status}`)]);
    expect(told).toEqual([
      ['firing', 'a firing'],
      ['firing', 'a firing'],
      ['firing', 'a firing', 'b firing'],
      ['firing', 'a resolved', 'b firing'],
      ['firing', 'b firing'],
    ]);
    expect(toldTo('ops-hook').map(({ alerts: [first] }) => first?.['startsAt'])).toEqual([
      ...Array.from({ length: 4 }, () => '2026-11-26T10:00:00.000Z'),
      '2026-11-26T11:00:00.000Z',
    ]);
    await expect(signoz.resolve(a)).rejects.toThrow('fire it first');
  });

  it('goes where its threshold sends, and takes its severity from the threshold unless the rule has one', async () => {
    const { signoz, posted, toldTo } = world;
    const thresholds = ruleThresholds([{}, { name: 'Warning', target: 0.5, channels: ['second'] }]);
    const rule = await posted({ condition: ruleCondition({ thresholds }) });
    await signoz.fire({ rule });
    await signoz.fire({ rule, severity: 'warning' });
    await signoz.fire({ rule: await posted({ labels: { severity: 'page' } }) });
    expect(toldTo('second').map(({ alerts }) => alerts.map(({ labels }) => labels['severity']))).toEqual([['warning']]);
    expect(toldTo('ops-hook').map(({ alerts }) => alerts.map(({ labels }) => labels['severity']))).toEqual([['critical'], ['page']]);
    await expect(signoz.fire({ rule, severity: 'info' })).rejects.toThrow('no threshold info: it has critical, Warning');
  });

  it('of a rule that leaves it to policies goes where they send, one of no stored rule everywhere', async () => {
    const { signoz, webhook, posted, toldTo } = world;
    const thresholds = ruleThresholds([{ channels: [] }]);
    await signoz.fire({ rule: await posted({ condition: ruleCondition({ thresholds }), notificationSettings: { usePolicy: true } }) });
    expect(webhook.requests.map(({ path }) => path)).toEqual(['/by-policy']);
    const free = { rule: { id: 'made-up', name: 'Free' }, severity: 'warning' };
    expect((await signoz.fire(free)).map(({ channel }) => channel)).toEqual(['ops-hook', 'second', 'by-policy']);
    const labels = { alertname: 'Free', ruleId: 'made-up', severity: 'warning', 'threshold.name': 'warning' };
    expect(toldTo('second')).toMatchObject([{ alerts: [{ labels }] }]);
  });

  it('without data names no threshold and tells all channels', async () => {
    const { signoz, posted, toldTo } = world;
    const thresholds = ruleThresholds([{}, { name: 'warning', channels: ['second'] }]);
    const rule = await posted({ condition: ruleCondition({ thresholds }) });
    await signoz.fire({ rule, noData: true });
    const alert = toldTo('second')[0]?.alerts[0];
    expect(alert?.labels).toMatchObject({ alertname: '[No data] api error rate', nodata: 'true' });
    expect(Object.keys(alert?.labels ?? {})).not.toContain('threshold.name');
    expect(toldTo('ops-hook')).toHaveLength(1);
  });

  it('ends by expiry when its rule is deleted or becomes another, and of a stopped rule never starts', async () => {
    const { signoz, ask, posted, stateOf, toldTo } = world;
    const [gone, renamed, same, off] = [await posted(), await posted(), await posted(), await posted()];
    for (const rule of [gone, renamed, same]) await signoz.fire({ rule });
    await ask('DELETE', `/api/v2/rules/${gone.id}`);
    await ask('PUT', `/api/v2/rules/${renamed.id}`, { body: postableRule({ alert: 'other' }) });
    await ask('PUT', `/api/v2/rules/${same.id}`, { body: postableRule({ annotations: {} }) });
    await ask('PATCH', `/api/v2/rules/${off.id}`, { body: { disabled: true } });
    expect([await stateOf(renamed.id), await stateOf(same.id)]).toEqual(['inactive', 'firing']);
    await signoz.expire();
    const resolved = toldTo('ops-hook').filter(({ status }) => status === 'resolved');
    expect(resolved.map(({ alerts: [one] }) => one?.labels['ruleId'] ?? '').toSorted()).toEqual([gone.id, renamed.id].toSorted());
    await expect(signoz.fire({ rule: off })).rejects.toThrow('it is disabled, or failed to load');
  });

  it('keeps the channels of the last PUT, whatever a PATCH says', async () => {
    const { signoz, webhook, ask, posted } = world;
    const rule = await posted();
    const condition = ruleCondition({ thresholds: ruleThresholds([{ channels: ['second'] }]) });
    await ask('PATCH', `/api/v2/rules/${rule.id}`, { body: { condition } });
    await signoz.fire({ rule });
    await ask('PUT', `/api/v2/rules/${rule.id}`, { body: postableRule({ condition }) });
    await signoz.fire({ rule });
    expect(webhook.requests.map(({ path }) => path)).toEqual(['/ops-hook', '/second']);
  });

  it('is grouped by what a PATCH says only after a restart', async () => {
    const { signoz, webhook, ask, posted } = world;
    const rule = await posted();
    await ask('PATCH', `/api/v2/rules/${rule.id}`, { body: { notificationSettings: { groupBy: ['pod'] } } });
    await signoz.fire({ rule, labels: { pod: 'a' } });
    signoz.restart();
    await signoz.fire({ rule, labels: { pod: 'b' } });
    const groups = webhook.requests.map(({ body }) => z.object({ groupLabels: z.unknown() }).parse(JSON.parse(body)).groupLabels);
    expect(groups).toEqual([{ ruleId: rule.id }, { ruleId: rule.id, pod: 'b' }]);
  });
});

it('lists what fires, by matchers', async () => {
  const { signoz, ask, posted } = world;
  const rule = await posted();
  await signoz.fire({ rule, labels: { pod: 'api-0' } });
  await signoz.fire({ rule, labels: { pod: 'web-0' } });
  const pods = async (...filters: readonly string[]) => {
    const query = filters.map(filter => `filter=${encodeURIComponent(filter)}`).join('&');
    const [, body] = await ask('GET', `/api/v1/alerts?${query}`);
    return z.object({ data: z.array(z.looseObject({ labels: z.object({ pod: z.string() }) })) }).parse(body).data;
  };
  expect(await pods()).toMatchObject([
    { labels: { pod: 'api-0' }, status: { state: 'active', silencedBy: [], inhibitedBy: [] }, endsAt: NO_END },
    { labels: { pod: 'web-0' } },
  ]);
  expect(await pods(`ruleId="${rule.id}"`, 'pod=~"api-.+"')).toMatchObject([{ labels: { pod: 'api-0' } }]);
  expect(await pods('pod!="api-0"')).toMatchObject([{ labels: { pod: 'web-0' } }]);
  expect(await pods('ruleId="other"')).toEqual([]);
  expect(await ask('GET', '/api/v1/alerts?filter=nonsense')).toMatchObject([400, { status: 'error' }]);
  expect((await ask('GET', '/api/v1/alerts', { key: '' }))[0]).toBe(401);
});

describe('a rule’s test', () => {
  it('sends one alert that says so, and answers 200 whatever became of it', async () => {
    const { ask, toldTo, answering } = world;
    answering(400);
    const data = { alertCount: 1, message: 'notification sent' };
    for (const path of ['/api/v2/rules/test', '/api/v1/testRule']) {
      expect(await ask('POST', path, { body: postableRule() })).toEqual([200, { status: 'success', data }]);
    }
    const labels = { alertname: 'api error rate_TEST_ALERT', testalert: 'true', severity: 'critical' };
    expect(toldTo('ops-hook')).toMatchObject([{ alerts: [{ labels }] }, { alerts: [{ labels }] }]);
    expect(await ask('GET', '/api/v1/alerts')).toMatchObject([200, { data: [] }]);
  });

  it('panics without labels, and loses the reason of what it cannot read', async () => {
    const { ask } = world;
    const query = { type: 'clickhouse_sql', spec: { name: 'A', query: 'SELECT 1' } };
    const condition = ruleCondition({ compositeQuery: { queryType: 'clickhouse_sql', panelType: 'graph', queries: [query] } });
    const body = postableRule({ ruleType: 'threshold_rule', condition, labels: null });
    expect(await ask('POST', '/api/v2/rules/test', { body })).toMatchObject([500, { error: { type: 'fatal' } }]);
    for (const bad of ['{', postableRule({ evaluation: { kind: 'lunar' } })]) {
      expect(await ask('POST', '/api/v2/rules/test', { body: bad })).toMatchObject([
        400,
        { error: { message: 'failed to unmarshal rule' } },
      ]);
    }
  });
});
