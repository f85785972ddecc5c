import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Alertmanager, startAlertmanager, startAlertmanagers } from '../../../test/parts/alertmanager.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { startHttpServer } from '../../../test/servers/http-server.ts';
import { tellingLabels } from '../../domain/alerts/anomaly-key.ts';
import type { Silences, WantedSilence } from '../../domain/ports/silences.ts';
import { type GuardedClient, outgoingClient } from '../../net/outgoing.ts';
import { alertmanagerSilences } from './silences.ts';

const CONFIG = 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n';
const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const inAnHour = (): Date => new Date(Date.now() + 3_600_000);

let alertmanager: Alertmanager;
let client: GuardedClient;
let silences: Silences;

const silencesAt = (...urls: string[]): Silences =>
  alertmanagerSilences({ client, urls, authorization: () => undefined, now: () => new Date() });
const wanted = (over: Partial<WantedSilence> = {}): WantedSilence => ({
  key: 'inc-07-abcdefghijklm:1h',
  matchers: tellingLabels(labels('cart-1')),
  endsAt: inAnHour(),
  createdBy: 'mia',
  comment: 'from the card of DiskFull',
  ...over,
});

const labels = (pod: string, over: object = {}) => ({ alertname: 'DiskFull', namespace: 'shop', deployment: 'cart', pod, ...over });
const States = z.array(z.object({ labels: z.record(z.string(), z.string()), status: z.object({ state: z.string() }) }));
async function suppressed({ url }: Pick<Alertmanager, 'url'> = alertmanager): Promise<string[]> {
  const response = await fetch(`${url}/api/v2/alerts`);
  const alerts = States.parse(await response.json());
  return alerts
    .filter(({ status }) => status.state === 'suppressed')
    .map(({ labels }) => labels['pod'] ?? '')
    .toSorted();
}
const Silence = z.object({ createdBy: z.string(), comment: z.string(), status: z.object({ state: z.string() }) });
const silence = async (id: string) => Silence.parse(await (await fetch(`${alertmanager.url}/api/v2/silence/${id}`)).json());

async function fire({ url }: Pick<Alertmanager, 'url'>, ...alerts: readonly object[]): Promise<void> {
  const body = JSON.stringify(alerts.map(each => ({ labels: each })));
  const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!answer.ok) throw new Error(await answer.text());
}
const standingAt = async ({ url }: Pick<Alertmanager, 'url'>, key: string): Promise<number> =>
  z
    .array(Silence)
    .parse(await (await fetch(`${url}/api/v2/silences`)).json())
    .filter(({ comment }) => comment.includes(`#${key}]`)).length;

beforeAll(async () => {
  alertmanager = await startAlertmanager({ version: '0.33', config: CONFIG });
  client = outgoingClient();
  silences = silencesAt(alertmanager.url);
  await fire(
    alertmanager,
    labels('cart-1'),
    labels('cart-2'),
    labels('till-1', { deployment: 'till' }),
    labels('bank-1', { namespace: 'bank' }),
    labels('slow-1', { alertname: 'Slow' }),
  );
});
afterAll(async () => {
  await client.close();
  await alertmanager.stop();
});

it('holds back the alerts of the anomaly and no others, in the name of who asked, and can be ended', async () => {
  const id = await silences.create(wanted(), soon());
  await eventually(async () => (await suppressed()).length === 2);
  expect(await suppressed()).toEqual(['cart-1', 'cart-2']);
  expect(await silence(id)).toMatchObject({ createdBy: 'mia', comment: 'from the card of DiskFull [awoooi#inc-07-abcdefghijklm:1h]' });
  await silences.expire(id, soon());
  await eventually(async () => (await suppressed()).length === 0);
  await silences.expire(id, soon());
  await silences.expire('11111111-2222-4333-8444-555555555555', soon());
});

it('makes one silence of the same key, and another once that has ended', async () => {
  const first = await silences.create(wanted(), soon());
  expect(await silences.create(wanted(), soon())).toBe(first);
  const other = await silences.create(wanted({ key: 'inc-07-abcdefghijklm:4h' }), soon());
  expect(other).not.toBe(first);
  await silences.expire(first, soon());
  expect(await silences.create(wanted(), soon())).not.toBe(first);
});

it('asks the next where one does not answer', async () => {
  const id = await silencesAt('http://127.0.0.1:1', alertmanager.url).create(wanted({ key: 'next' }), soon());
  await silencesAt('http://127.0.0.1:1', alertmanager.url).expire(id, soon());
  expect(await silence(id)).toMatchObject({ status: { state: 'expired' } });
});

it('does not call one ended that may stand at an Alertmanager which does not answer', async () => {
  const unknown = '11111111-2222-4333-8444-555555555555';
  const expiring = silencesAt(alertmanager.url, 'http://127.0.0.1:1').expire(unknown, soon());
  await expect(expiring).rejects.toMatchObject({ fault: 'unreachable' });
  const proxy = await startHttpServer({ handle: () => ({ status: 502, body: 'upstream not found' }) });
  try {
    await expect(silencesAt(proxy.url).expire(unknown, soon())).rejects.toMatchObject({ statusCode: 502 });
  } finally {
    await proxy.stop();
  }
});

it('says what went wrong, without the credential', async () => {
  await expect(silencesAt('http://127.0.0.1:1').create(wanted(), soon())).rejects.toMatchObject({ fault: 'unreachable' });
  await expect(silencesAt('http://127.0.0.1:1').expire('x', soon())).rejects.toMatchObject({ fault: 'unreachable' });
  await expect(silencesAt().create(wanted(), soon())).rejects.toMatchObject({ fault: 'unsupported' });
  await expect(silences.create(wanted({ key: 'past', endsAt: new Date(0) }), soon())).rejects.toMatchObject({ fault: 'rejected' });
  const server = await startHttpServer({ handle: ({ headers }) => ({ status: 401, body: `no ${headers['authorization']}` }) });
  const guarded = alertmanagerSilences({ client, urls: [server.url], authorization: () => 'Bearer a-long-token', now: () => new Date() });
  const failure = await guarded.create(wanted(), soon()).catch((err: unknown) => err);
  expect(failure).toMatchObject({ fault: 'unauthorized' });
  expect(String(failure)).not.toContain('a-long-token');
  await server.stop();
});

type Labels = Readonly<Record<string, string>>;
const PLAIN: readonly [string, Labels, readonly Labels[]][] = [
  [
    'an alert without a workload',
    { namespace: 'shop' },
    [{ namespace: 'shop', deployment: 'cart' }, { namespace: 'shop', service_name: 'cart' }, {}],
  ],
  [
    'names with lines for dots',
    { k8s_namespace_name: 'shop', k8s_deployment_name: 'cart' },
    [
      { k8s_namespace_name: 'bank', k8s_deployment_name: 'cart' },
      { k8s_namespace_name: 'shop', k8s_deployment_name: 'till' },
      { k8s_namespace_name: 'shop', k8s_deployment_name: 'cart', deployment: 'till' },
      { k8s_namespace_name: 'shop', k8s_deployment_name: 'cart', cluster: 'other' },
    ],
  ],
  ['a service', { namespace: 'shop', service: 'cart' }, [{ namespace: 'shop', service: 'cart', statefulset: 'db' }, { service: 'cart' }]],
];
const DOTTED: typeof PLAIN = [
  [
    'names with dots',
    { 'k8s.namespace.name': 'shop', 'k8s.deployment.name': 'cart' },
    [
      { 'k8s.namespace.name': 'bank', 'k8s.deployment.name': 'cart' },
      { 'k8s.namespace.name': 'shop', 'k8s.deployment.name': 'till' },
      { 'k8s.namespace.name': 'shop', 'k8s.deployment.name': 'cart', namespace: 'bank' },
      { 'k8s.namespace.name': 'shop', k8s_deployment_name: 'till' },
    ],
  ],
  ['no workload beside one that has dots', { namespace: 'shop' }, [{ namespace: 'shop', 'k8s.deployment.name': 'cart' }]],
];

describe.each([
  ['0.25', PLAIN],
  ['0.33', [...PLAIN, ...DOTTED]],
] as const)('an Alertmanager %s silences the anomaly and not its neighbours', (version, cases) => {
  let own: Alertmanager;
  beforeAll(async () => {
    own = await startAlertmanager({ version, config: CONFIG });
  });
  afterAll(() => own?.stop());

  it.each(cases)('%s', async (of, mine, neighbours) => {
    const alertname = `Full of ${of}`;
    await fire(own, ...[1, 2].map(n => ({ ...mine, alertname, pod: `mine-${n}` })));
    await fire(own, ...neighbours.map((each, n) => ({ ...each, alertname, pod: `other-${n}` })));
    const id = await silencesAt(own.url).create(wanted({ key: of, matchers: tellingLabels({ ...mine, alertname }) }), soon());
    await eventually(async () => (await suppressed(own)).length >= 2);
    expect(await suppressed(own)).toEqual(['mine-1', 'mine-2']);
    await silencesAt(own.url).expire(id, soon());
    await eventually(async () => (await suppressed(own)).length === 0);
  });
});

it('is made where the alert is, of two that are no cluster', async () => {
  const other = await startAlertmanager({ version: '0.25', config: CONFIG });
  try {
    await fire(other, labels('cart-1', { alertname: 'Elsewhere' }));
    await fire(alertmanager, labels('till-1', { alertname: 'Elsewhere', deployment: 'till' }));
    const both = silencesAt(alertmanager.url, other.url);
    const silence = wanted({ key: 'elsewhere', matchers: tellingLabels(labels('', { alertname: 'Elsewhere' })) });
    const id = await both.create(silence, soon());
    await eventually(async () => (await suppressed(other)).length === 1);
    expect([await standingAt(alertmanager, 'elsewhere'), await standingAt(other, 'elsewhere')]).toEqual([0, 1]);
    expect(await both.create(silence, soon())).toBe(id);
    await both.expire(id, soon());
    await eventually(async () => (await suppressed(other)).length === 0);
    // Nobody has the alert: it may be on its way.
    await both.create(wanted({ key: 'nowhere', matchers: tellingLabels({ alertname: 'Nowhere' }) }), soon());
    expect([await standingAt(alertmanager, 'nowhere'), await standingAt(other, 'nowhere')]).toEqual([1, 0]);
  } finally {
    await other.stop();
  }
});

it('is one in a cluster of two, whichever of them has the alert', async () => {
  const [first, second] = await startAlertmanagers({ version: '0.33', config: CONFIG, size: 2 });
  if (!first || !second) throw new Error('two were asked for');
  try {
    await fire(second, labels('cart-1'));
    const both = silencesAt(first.url, second.url);
    const id = await both.create(wanted({ key: 'clustered' }), soon());
    await eventually(async () => (await standingAt(first, 'clustered')) === 1 && (await standingAt(second, 'clustered')) === 1);
    expect(await both.create(wanted({ key: 'clustered' }), soon())).toBe(id);
    await fire(first, labels('cart-2'));
    expect(await both.create(wanted({ key: 'clustered' }), soon())).toBe(id);
  } finally {
    await Promise.all([first, second].map(each => each.stop()));
  }
});
