import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { awoooi } from '../cli/shell.ts';
import { eventually } from '../parts/eventually.ts';
import { postAlerts } from './alerts.ts';
import { type IncidentStage, raiseIncidentStage } from './incident-stage.ts';

const SETTLE_MS = 3_000;
const CLUSTER = { cluster: 'c1' };
const WATCHDOG = { alertname: 'Watchdog', severity: 'none', ...CLUSTER };

let world: IncidentStage;

beforeAll(async () => {
  world = await raiseIncidentStage('chain', { env: { AWOOOI_INCIDENT_SETTLE: `${SETTLE_MS / 1_000}s` } });
});
afterAll(() => world?.stop());

const fire = (alertname: string, of: Readonly<Record<string, string>> = CLUSTER): Promise<void> =>
  postAlerts(world.alertmanager, { labels: { alertname, ...of }, startsAt: new Date() });
const resolve = (labels: Readonly<Record<string, string>>): Promise<void> => postAlerts(world.alertmanager, { labels, endsAt: new Date() });
const apiEnv = () => ({ AWOOOI_API_BASE: world.operator.url, AWOOOI_API_TOKEN: world.stage.apiToken });
const at = ({ timeline }: IncidentView, what: string): number => Date.parse(timeline.findLast(entry => entry.what === what)?.at ?? '');
const resolved = (incident: IncidentView): boolean => incident.status === 'resolved';

async function watchdogHeard(): Promise<boolean> {
  const headers = { authorization: `Bearer ${world.stage.apiToken}` };
  const answer = await fetch(`${world.operator.url}/api/v1/watchdogs?source=alertmanager`, { headers });
  return (await answer.text()).includes('"Watchdog"');
}

it('resolves an incident with its alert, long before it would settle, where no Watchdog is known', async ({ onTestFinished }) => {
  const unwatched = await raiseIncidentStage('unwatched', { env: { AWOOOI_INCIDENT_SETTLE: '1h' } });
  onTestFinished(() => unwatched.stop());
  const alert = { alertname: 'Unwatched', ...CLUSTER };
  await postAlerts(unwatched.alertmanager, { labels: alert, startsAt: new Date() });
  await unwatched.incident('Unwatched');
  await postAlerts(unwatched.alertmanager, { labels: alert, endsAt: new Date() });
  const incident = await unwatched.incident('Unwatched', resolved);
  expect(incident).toMatchObject({ status: 'resolved', firing: 0 });
  await unwatched.card(incident, /Status: resolved/);
  // Where Redis is there, nothing at a start is told as a failure.
  expect(unwatched.operator.process().log()).not.toContain('"level":"warn"');
}, 120_000);

it('waits for the Watchdog to speak where one is known', async () => {
  await fire('Watchdog', { severity: 'none', ...CLUSTER });
  // What Watchdogs there are is looked up at the start.
  await eventually(watchdogHeard);
  await world.operator.restart();
  await fire('Watched');
  await world.incident('Watched');
  const posted = Date.now();
  await resolve({ alertname: 'Watched', ...CLUSTER });
  const incident = await world.incident('Watched', resolved);
  expect(at(incident, 'resolved') - posted).toBeGreaterThanOrEqual(SETTLE_MS);
  expect(incident.timeline.map(({ what, who }) => `${what} by ${who}`)).toEqual([
    'opened by alertmanager',
    'analysed by rules',
    'resolved by operator',
  ]);
  await world.card(incident, /Status: resolved/);
});

it('tells of a resolved Watchdog, and holds the others open until it fires again', async () => {
  await fire('Held');
  const open = await world.incident('Held');
  await resolve(WATCHDOG);
  const broken = await world.incident('AlertChainBroken');
  expect(broken).toMatchObject({ status: 'open', severity: 'critical' });
  await world.card(broken, /broken upstream/);

  await resolve({ alertname: 'Held', ...CLUSTER });
  const held = await world.incident('Held', ({ timeline }) => timeline.at(-1)?.what === 'resolution-held');
  expect(held.status).toBe('open');
  await world.card(open, /Status: kept open: its alerts resolved, but the Watchdog of alertmanager \(cluster c1\) has been missing/);

  const trace = await awoooi(['trace', 'Watchdog'], { env: apiEnv() });
  expect(trace).toMatchObject({ status: 0, stdout: expect.stringMatching(/resolved from alertmanager +its chain is broken since/) });
  expect(trace.stdout).toContain(broken.id);

  await fire('Watchdog', { severity: 'none', ...CLUSTER });
  await world.incident('AlertChainBroken', resolved);
  await world.card(await world.incident('Held', resolved), /Status: resolved/);
}, 180_000);

it('lets go of what a Prometheus held that is gone for good, once somebody resolves the incident of its chain', async () => {
  await fire('Orphaned');
  await world.incident('Orphaned');
  await resolve(WATCHDOG);
  const broken = await world.incident('AlertChainBroken', ({ status }) => status === 'open');
  await resolve({ alertname: 'Orphaned', ...CLUSTER });
  await world.incident('Orphaned', ({ timeline }) => timeline.at(-1)?.what === 'resolution-held');
  expect(await awoooi(['incidents', 'resolve', broken.id], { env: apiEnv() })).toMatchObject({ status: 0 });
  const incident = await world.incident('Orphaned', resolved);
  await world.card(incident, /Status: resolved/);
  expect(await world.incident('AlertChainBroken')).toMatchObject({ status: 'resolved', firing: 0 });
}, 180_000);
