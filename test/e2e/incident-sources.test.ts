import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { eventually } from '../parts/eventually.ts';
import { type AnalyserServer, startAnalyser } from '../servers/analyser.ts';
import { issueBody, sendSentryWebhook, type SentryEvent, type WebhookOutcome } from '../servers/sentry-webhook.ts';
import { type Sentry, startSentry } from '../servers/sentry.ts';
import { signozCaller } from '../servers/signoz-caller.ts';
import { signozChannel } from '../servers/signoz-channel.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { type IncidentStage, raiseIncidentStage } from './incident-stage.ts';
import { probeView } from './probe-view.ts';
import { probe, secret } from './stage.ts';

const CLIENT_SECRET = 'sentry-client-secret';

let world: IncidentStage;
let sentry: Sentry;
let signoz: Signoz;
let analyser: AnalyserServer;

beforeAll(async () => {
  const issues = [{ id: '41' }, { id: '42' }, { id: '43' }];
  [sentry, analyser] = await Promise.all([startSentry({ issues }), startAnalyser({ apiKey: 'analyser-key' })]);
  world = await raiseIncidentStage('sources', {
    env: {
      // Until it has looked which Watchdogs there are, an operator waits for all of them.
      AWOOOI_INCIDENT_SETTLE: '2s',
      SENTRY_API_URL: sentry.url,
      SENTRY_API_TOKEN: sentry.token,
      SENTRY_CLIENT_SECRETS: CLIENT_SECRET,
      AWOOOI_ANALYSER_URL: analyser.baseUrl,
      AWOOOI_ANALYSER_MODEL: analyser.model,
      AWOOOI_ANALYSER_API_KEY: 'analyser-key',
    },
  });
  const channel = signozChannel({ operatorPort: world.operator.port, webhookToken: world.stage.webhookToken });
  signoz = await startSignoz({ channels: [channel] });
});
afterAll(() => Promise.all([world, sentry, signoz, analyser].map(part => part?.stop())));

const event = (issueId: string, title: string): SentryEvent => ({ issueId, title, at: new Date() });
const sent = (of: SentryEvent, clientSecret = CLIENT_SECRET): Promise<WebhookOutcome> =>
  sendSentryWebhook(
    { url: `${world.operator.url}/api/v1/webhooks/sentry/error`, clientSecret },
    { resource: 'issue', body: issueBody('created', of) },
  );
const commented = ({ deliveries }: IncidentView): boolean =>
  ['sentry', 'telegram', 'webhook', 'analysis'].every(name =>
    deliveries.some(({ channel, state }) => channel === name && state === 'delivered'),
  );

it('makes a card of a SigNoz alert that says where it is from, and resolves with it', async () => {
  const alarm = { rule: { id: '0196', name: 'Slow checkout' }, labels: { service: 'shop' }, annotations: { description: 'p99 is 4 s' } };
  expect(await signoz.fire(alarm)).toEqual([{ channel: 'awoooi', attempts: 1 }]);
  const incident = await world.incident('Slow checkout');
  expect(incident).toMatchObject({ source: 'signoz', severity: 'critical', links: { signoz_rule: expect.stringContaining('0196') } });
  const card = await world.card(incident, /^📊 SigNoz: Slow checkout\n/);
  expect(card.text).toContain('p99 is 4 s');
  expect(card.buttons.flat().map(({ text }) => text)).toEqual(['✅ Acknowledge']);
  await signoz.resolve(alarm);
  await world.card(incident, /Status: resolved/);
});

it('opens nothing for a test of a SigNoz channel', async () => {
  const before = await world.reader.all();
  const channel = signozChannel({ operatorPort: world.operator.port, webhookToken: world.stage.webhookToken });
  expect(await signozCaller(signoz)('POST', '/api/v1/channels/test', { body: channel })).toEqual([204, '']);
  expect(await world.reader.all()).toEqual(before);
});

it('answers a signed webhook of Sentry with one comment of what the model found, and shows it in the card', async () => {
  const of = event('42', 'TimeoutError: pool exhausted');
  expect(await sent(of)).toEqual({ status: 200 });
  expect(await sent(of)).toEqual({ status: 200 });
  const incident = await world.incident(of.title, commented);
  expect(incident).toMatchObject({ source: 'sentry', occurrences: 1, analysis: { asked: 'model', by: analyser.model, confidence: 0.85 } });
  await world.card(incident, /Root cause: The pool of connections is exhausted\.[^]*confidence 85%/);
  const texts = sentry.notes('42').map(({ text }) => text);
  expect(texts).toEqual([expect.stringContaining('The pool of connections is exhausted.')]);
  expect(texts[0]).toContain(incident.id);
});

it('lets rules speak where the model talks nonsense', async () => {
  analyser.setMood('nonsense');
  expect(await sent(event('43', 'RangeError: out of bounds'))).toEqual({ status: 200 });
  const incident = await world.incident('RangeError: out of bounds', commented);
  expect(incident.analysis).toMatchObject({ asked: 'rules', because: expect.stringContaining('No model has answered') });
  expect(sentry.notes('43').map(({ text }) => text)).toEqual([expect.stringContaining('No model has answered')]);
});

it('takes no webhook that was not signed by Sentry', async () => {
  expect(await sent(event('41', 'Forged'), 'some-other-secret')).toEqual({ status: 401 });
  expect(await world.named('Forged')).toEqual([]);
});

it('opens nothing for drills, nor for a canary that came the whole way', async () => {
  const before = await world.reader.all();
  const cardsBefore = world.telegram.sent.length;
  const { stage, operator, alertmanager } = world;
  const target = { url: operator.url, auth: { bearerToken: { name: 'target', key: 'token' } } };
  await stage.apply(
    secret('target', { token: stage.webhookToken, sentry: CLIENT_SECRET }),
    probe('quiet', {
      runToken: 'v1',
      target,
      hops: [
        { name: 'alerts', type: 'AlertmanagerWebhook' },
        { name: 'signoz', type: 'SignozWebhook' },
        { name: 'sentry', type: 'SentryWebhook', sentry: { clientSecret: { name: 'target', key: 'sentry' } } },
        {
          name: 'paging',
          type: 'AlertmanagerCanary',
          latencyBudget: '25s',
          alertmanager: { urls: [alertmanager.url], receiver: 'awoooi' },
        },
      ],
    }),
  );
  const status = await probeView(stage, 'quiet').until(
    ({ lastRun }) => lastRun?.phase !== undefined && lastRun.phase !== 'Running',
    60_000,
  );
  expect(status.lastRun?.phase).toBe('Passed');
  await eventually(async () => (await world.reader.all()).length === before.length);
  expect(world.telegram.sent.slice(cardsBefore)).toEqual([]);
});

it('says once that what Sentry sends while nobody listens is lost, and what to set', () => {
  expect(world.operator.process().log().split('set SENTRY_ORG and SENTRY_API_TOKEN')).toHaveLength(2);
});
