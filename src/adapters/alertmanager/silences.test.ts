import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Alertmanager, startAlertmanager } from '../../../test/parts/alertmanager.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { startHttpServer } from '../../../test/servers/http-server.ts';
import type { Silences, WantedSilence } from '../../domain/ports/silences.ts';
import { silenceMatchers } from '../../domain/silences/matchers.ts';
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
  matchers: silenceMatchers({ name: 'x', labels: { alertname: 'DiskFull', namespace: 'shop', deployment: 'cart', pod: 'cart-1' } }),
  endsAt: inAnHour(),
  createdBy: 'mia',
  comment: 'from the card of DiskFull',
  ...over,
});

const labels = (pod: string, over: object = {}) => ({ alertname: 'DiskFull', namespace: 'shop', deployment: 'cart', pod, ...over });
const States = z.array(z.object({ labels: z.record(z.string(), z.string()), status: z.object({ state: z.string() }) }));
async function suppressed(): Promise<string[]> {
  const response = await fetch(`${alertmanager.url}/api/v2/alerts`);
  const alerts = States.parse(await response.json());
  return alerts
    .filter(({ status }) => status.state === 'suppressed')
    .map(({ labels }) => labels['pod'] ?? '')
    .toSorted();
}
const Silence = z.object({ createdBy: z.string(), comment: z.string(), status: z.object({ state: z.string() }) });
const silence = async (id: string) => Silence.parse(await (await fetch(`${alertmanager.url}/api/v2/silence/${id}`)).json());

beforeAll(async () => {
  alertmanager = await startAlertmanager({ version: '0.33', config: CONFIG });
  client = outgoingClient();
  silences = silencesAt(alertmanager.url);
  const alerts = [
    labels('cart-1'),
    labels('cart-2'),
    labels('till-1', { deployment: 'till' }),
    labels('bank-1', { namespace: 'bank' }),
    labels('slow-1', { alertname: 'Slow' }),
  ];
  const body = JSON.stringify(alerts.map(each => ({ labels: each })));
  await fetch(`${alertmanager.url}/api/v2/alerts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
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
