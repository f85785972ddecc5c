import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { asSender, v4, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { memoryChainState } from '../../adapters/memory/chain-state.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { alertFingerprint } from '../../domain/routing/alert-fingerprint.ts';

const ALERTMANAGER = '/api/v1/webhooks/alertmanager';
const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const DRILL = { status: 'accepted', incident_id: null, is_new: false, drill: true };
const FOLDER = join(import.meta.dirname, '../../../test/fixtures/alertmanager');
const Fixture = z.object({
  body: z.looseObject({ alerts: z.array(z.looseObject({ labels: z.record(z.string(), z.string()), endsAt: z.string() })) }),
});
const recorded = (name: string) =>
  Fixture.parse(JSON.parse(readFileSync(join(FOLDER, `chain-prom3.5.3-am0.33.1-watchdog-${name}.json`), 'utf8'))).body;

type World = Pick<ReturnType<typeof webhookWorld>, 'app'>;
const post = ({ app }: World, payload: object, url = ALERTMANAGER) => app.inject({ method: 'POST', url, payload, headers: asSender });

const DEAD = recorded('RESOLVED-because-prometheus-died');
const ALIVE = recorded('firing');
const labels = DEAD.alerts[0]?.labels ?? {};
const endedAt = new Date(DEAD.alerts[0]?.endsAt ?? 0);

it('tells people that the chain is broken when Prometheus died, and that it is mended when the Watchdog fires again', async () => {
  const world = webhookWorld();
  expect((await post(world, DEAD)).json()).toEqual(DRILL);
  expect(await world.chain.broken(soon())).toMatchObject([{ source: 'alertmanager', labels, since: endedAt }]);
  const [incident] = (await world.incidents.list({ limit: 1 }, soon())).incidents;
  expect((await world.chain.broken(soon()))[0]?.incidentId).toBe(incident?.id);
  const told = { name: 'AlertChainBroken', source: 'alertmanager', severity: 'critical', fingerprint: alertFingerprint(labels), labels };
  const summary = expect.stringContaining('chain is broken upstream');
  expect(world.incidents.handed).toMatchObject([
    {
      alert: { ...told, status: 'firing', occurrence: String(endedAt.getTime()), annotations: { summary, description: summary } },
      settleMs: 60_000,
    },
  ]);
  expect((await post(world, ALIVE)).json()).toEqual(DRILL);
  expect(world.incidents.handed[1]).toMatchObject({ alert: { ...told, status: 'resolved' }, settleMs: 0 });
  expect(world.incidents.handed[1]?.alert.anomalyKey).toBe(world.incidents.handed[0]?.alert.anomalyKey);
  expect(await world.chain.broken(soon())).toEqual([]);
});

it('is not deaf for ever to a Watchdog whose end was said to lie in the future', async () => {
  const clock = { minutes: 0 };
  const world = webhookWorld({ now: () => new Date(endedAt.getTime() + clock.minutes * MINUTE_MS) });
  const [dead] = DEAD.alerts;
  await post(world, { ...DEAD, alerts: [{ ...dead, endsAt: '2099-01-01T00:00:00Z' }] });
  expect(await world.chain.broken(soon())).toMatchObject([{ source: 'alertmanager', labels, since: endedAt }]);
  clock.minutes = 7;
  await post(world, ALIVE);
  expect(await world.chain.broken(soon())).toEqual([]);
});

const REPEAT = recorded('repeat');
const MINUTE_MS = 60_000;

/** A server at so many minutes after the Watchdog ended, which knows that. */
async function brokenSince() {
  const clock = { minutes: 0.5 };
  const world = webhookWorld({ now: () => new Date(endedAt.getTime() + clock.minutes * MINUTE_MS) });
  await post(world, DEAD);
  const isBroken = async (): Promise<boolean> => (await world.chain.broken(soon())).length > 0;
  return { world, clock, isBroken };
}

it.each<[string, object]>([
  ['as it was sent', REPEAT],
  ['without a start', { ...REPEAT, alerts: REPEAT.alerts.map(alert => ({ ...alert, startsAt: undefined })) }],
])('is not told that all is well by a Watchdog that was under way when the chain broke, %s', async (_, late) => {
  const { world, clock, isBroken } = await brokenSince();
  clock.minutes = 5;
  await post(world, late);
  expect([await isBroken(), world.incidents.handed.length]).toEqual([true, 1]);
  expect(await world.watchdogs.list('alertmanager', soon())).toMatchObject([{ status: 'firing' }]);
  clock.minutes = 7;
  await post(world, late);
  expect([await isBroken(), world.incidents.handed.length]).toEqual([false, 2]);
});

it('is told at once by a Prometheus that was started again: its Watchdog begins anew', async () => {
  const { world, clock, isBroken } = await brokenSince();
  clock.minutes = 1;
  const startsAt = new Date(endedAt.getTime() + MINUTE_MS / 2).toISOString();
  await post(world, { ...ALIVE, alerts: ALIVE.alerts.map(alert => ({ ...alert, startsAt })) });
  expect([await isBroken(), world.incidents.handed.at(-1)?.alert.status]).toEqual([false, 'resolved']);
});

it('says so once, however often it comes, and again when it breaks again', async () => {
  const world = webhookWorld();
  await post(world, DEAD);
  await post(world, DEAD);
  const [first, second] = world.incidents.handed.map(({ alert }) => alert);
  expect([second?.fingerprint, second?.occurrence]).toEqual([first?.fingerprint, first?.occurrence]);
  const later = { ...DEAD, alerts: DEAD.alerts.map(alert => ({ ...alert, endsAt: '2026-11-24T08:00:00Z' })) };
  await post(world, later);
  expect(world.incidents.handed[2]?.alert.occurrence).not.toBe(first?.occurrence);
});

it('leaves a broken chain alone when the Watchdog of another cluster fires, and opens nothing where none is broken', async () => {
  const world = webhookWorld();
  await post(world, ALIVE);
  expect(world.incidents.handed).toEqual([]);
  await post(world, DEAD);
  await post(world, v4({ ...labels, cluster: 'another' }));
  expect([world.incidents.handed.length, (await world.chain.broken(soon())).length]).toEqual([1, 1]);
});

type Step = 'broke' | 'ingest' | 'told' | 'mended';

/** A server whose store takes each step down, and ends it where it is told to. */
function faultyWorld() {
  const [chain, whole] = [memoryChainState(), webhookWorld()];
  const steps: Step[] = [];
  const ending: { step?: Step; when?: 'before' | 'after' } = {};
  const ends = (step: Step, when: 'before' | 'after'): void => {
    if (ending.step === step && ending.when === when) throw new PortError('unavailable', 'it ended');
  };
  const through = async <T>(step: Step, act: () => Promise<T>): Promise<T> => {
    ends(step, 'before');
    const done = await act();
    steps.push(step);
    ends(step, 'after');
    return done;
  };
  const { app } = webhookWorld({
    chain: {
      broke: (broken, signal) => through('broke', () => chain.broke(broken, signal)),
      told: (told, id, signal) => through('told', () => chain.told(told, id, signal)),
      mended: (mended, signal) => through('mended', () => chain.mended(mended, signal)),
      broken: signal => chain.broken(signal),
    },
    incidents: { ...whole.incidents, ingest: (alerts, signal) => through('ingest', () => whole.incidents.ingest(alerts, signal)) },
  });
  return { app, chain, steps, ending, handed: whole.incidents.handed };
}

it('holds the others back before it tells anybody, and until it has told that all is well', async () => {
  const world = faultyWorld();
  await post(world, DEAD);
  await post(world, ALIVE);
  expect(world.steps).toEqual(['broke', 'ingest', 'told', 'ingest', 'mended']);
});

it.each([
  ['broke', 'before', DEAD],
  ['broke', 'after', DEAD],
  ['ingest', 'before', DEAD],
  ['ingest', 'after', DEAD],
  ['told', 'before', DEAD],
  ['told', 'after', DEAD],
  ['ingest', 'before', ALIVE],
  ['ingest', 'after', ALIVE],
  ['mended', 'before', ALIVE],
  ['mended', 'after', ALIVE],
] as const)('is whole again when it ended at %s, %s: the sender comes again', async (step, when, last) => {
  const world = faultyWorld();
  for (const body of [DEAD, ALIVE]) {
    if (body === last) Object.assign(world.ending, { step, when });
    const { statusCode } = await post(world, body);
    expect(statusCode).toBe(body === last ? 503 : 200);
    Object.assign(world.ending, { step: undefined });
    expect((await post(world, body)).statusCode).toBe(200);
  }
  const states = new Set(world.handed.map(({ alert }) => `${alert.status} ${alert.occurrence ?? ''}`));
  expect([...states]).toEqual([`firing ${endedAt.getTime()}`, 'resolved ']);
  expect(await world.chain.broken(soon())).toEqual([]);
});

it('opens nothing for the test of a SigNoz rule, and says why', async () => {
  const world = webhookWorld();
  const test = v4({ alertname: 'Disk_TEST_ALERT', testalert: 'true', severity: 'critical' });
  expect((await post(world, test, '/api/v1/webhooks/signoz')).json()).toEqual({
    status: 'ignored',
    reason: expect.stringContaining('test notification'),
  });
  expect(world.incidents.handed).toEqual([]);
  expect(world.counted).toEqual(expect.arrayContaining(['signoz ignored 1', 'last']));
});
