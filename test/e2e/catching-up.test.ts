import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { eventually } from '../parts/eventually.ts';
import { keptPort } from '../parts/free-port.ts';
import { type Sentry, startSentry } from '../servers/sentry.ts';
import { incidentRoutes, postAlerts } from './alerts.ts';
import { type IncidentStage, raiseIncidentStage } from './incident-stage.ts';

let world: IncidentStage;
let sentry: Sentry;

beforeAll(async () => {
  sentry = await startSentry({ issues: [] });
  const env = { SENTRY_API_URL: sentry.url, SENTRY_API_TOKEN: sentry.token, SENTRY_ORG: 'acme' };
  // Nobody listens where the Alertmanager sends: what becomes an incident was fetched.
  world = await raiseIncidentStage('catch-up', { env, sendsTo: await keptPort() });
});
afterAll(() => Promise.all([world?.stop(), sentry.stop()]));

const alert = (alertname: string, of: Readonly<Record<string, string>> = {}) => ({ labels: { alertname, ...of } });
const told = ({ deliveries }: IncidentView): boolean =>
  deliveries.length > 2 && deliveries.every(({ channel, state }) => channel === 'repair' || state === 'delivered');

it('takes in at the start what fired while it was down and could not be posted, and what Sentry saw meanwhile', async () => {
  await world.operator.halt();
  await postAlerts(world.alertmanager, alert('Missed', { pod: 'a' }), alert('Missed', { pod: 'b' }), alert('AlsoMissed'));
  sentry.setIssue({ id: '77', title: 'TypeError: x is undefined', lastSeen: new Date() });
  // As another replica would have missed it, which died while this one was well.
  sentry.setIssue({ id: '79', title: 'Sent to one that had died', lastSeen: new Date(Date.now() - 600_000) });
  sentry.setIssue({ id: '78', title: 'Old', lastSeen: new Date(Date.now() - 7_200_000) });
  await world.operator.restart();

  expect(await world.incident('Missed', ({ occurrences }) => occurrences === 2)).toMatchObject({ status: 'open', firing: 2 });
  const missed = await world.incident('AlsoMissed', told);
  expect(world.cards(missed)).toHaveLength(1);

  const ofSentry = await world.incident('TypeError: x is undefined', told);
  expect(ofSentry).toMatchObject({ source: 'sentry', labels: { sentry_issue_id: '77' }, occurrences: 1 });
  expect(sentry.notes('77').map(({ text }) => text)).toEqual([expect.stringContaining('No model was asked')]);
  expect(await world.incident('Sent to one that had died', told)).toMatchObject({ labels: { sentry_issue_id: '79' }, occurrences: 1 });
  expect(await world.named('Old')).toEqual([]);
});

it('takes nothing in twice, however often it starts', async () => {
  const before = await world.reader.all();
  await world.operator.restart();
  await postAlerts(world.alertmanager, alert('AfterTheRestart'));
  await world.operator.restart();
  await world.incident('AfterTheRestart', told);
  const after = await world.reader.all();
  expect(after.length).toBe(before.length + 1);
  for (const { id, occurrences } of before) expect(after.find(each => each.id === id)?.occurrences).toBe(occurrences);
  expect(sentry.notes('77')).toHaveLength(1);
});

it('fetches the rest of what an Alertmanager has cut off', async () => {
  const { alertmanager, operator, stage } = world;
  const { webhookToken } = stage;
  await alertmanager.reload(incidentRoutes({ ports: [operator.port], webhookToken, maxAlerts: 1, groupBy: ['alertname'] }));
  const pods = Array.from({ length: 20 }, (_, n) => `pod-${n}`);
  await postAlerts(alertmanager, ...pods.map(pod => alert('Truncated', { pod })));
  await eventually(async () => (await world.named('Truncated'))[0]?.occurrences === pods.length, { withinMs: 40_000 });
  expect(await world.incident('Truncated')).toMatchObject({ firing: pods.length });
});
