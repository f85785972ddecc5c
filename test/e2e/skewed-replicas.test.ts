import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { alertmanagerConfig } from '../../demo/alertmanager-config.ts';
import { eventually } from '../parts/eventually.ts';
import { type IncidentReader, incidentReader } from '../parts/incident-reader.ts';
import type { Operator } from '../parts/operator.ts';
import { steppedClock } from '../parts/stepped-clock.ts';
import { cardsOf, named, type OutageStage, raiseOutageStage, wrongCounts } from './outage-stage.ts';
import { metricsOf, valueOf } from './stage.ts';

const HOUR_S = 3_600;
const SETTLE_MS = 5_000;
/** What a replica an hour ahead would think of as over. */
const HALF_AN_HOUR = {
  AWOOOI_INCIDENT_REOPEN_WITHIN: '30m',
  AWOOOI_DELIVERY_GIVE_UP_AFTER: '30m',
  AWOOOI_INCIDENT_SETTLE: `${SETTLE_MS / 1_000}s`,
};
const SOON = { withinMs: 40_000, everyMs: 100 };
/** How far times of one clock may lie from ours: what a busy machine takes, and nowhere near an hour. */
const NEAR_MS = 120_000;

let outage: OutageStage;
let ahead: Operator;
let aheadReader: IncidentReader;
const parts: { stop(): Promise<void> }[] = [];
const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
  parts.push(part);
  return part;
};

/** One replica has the time that Redis has, the other is an hour ahead of it. */
beforeAll(async () => {
  outage = await raiseOutageStage('skew', keep, HALF_AN_HOUR);
  const clock = steppedClock();
  keep({ stop: async () => clock.stop() });
  clock.step(HOUR_S);
  ahead = await outage.replica(clock.env);
  aheadReader = incidentReader({ url: ahead.url, token: outage.stage.apiToken });
  keep({ stop: () => aheadReader.close() });
});
beforeEach(() => outage.telegram.mend());
afterAll(async () => {
  for (const part of parts.toReversed()) await part.stop();
});

/** By the clock that all times of incidents are of. */
async function redisNow(): Promise<number> {
  const admin = new Redis(outage.redis.url);
  try {
    const [seconds, micros] = await admin.time();
    return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  } finally {
    admin.disconnect();
  }
}

/** From now on Alertmanager posts to these replicas, each alert to all of them. */
async function postTo(...replicas: readonly Operator[]): Promise<void> {
  const { webhookToken } = outage.stage;
  const configs = replicas.map(({ port }) => alertmanagerConfig({ operatorPort: port, webhookToken }));
  const all = configs.map(config => JSON.parse(config));
  const hooks = all.flatMap(config => config.receivers[0].webhook_configs);
  await outage.alertmanager.reload(JSON.stringify({ ...all[0], receivers: [{ name: 'awoooi', webhook_configs: hooks }] }));
}

const ours = () => outage.reader.all();
const one = async (name: string) => (await ours()).find(({ alertname }) => alertname === name);
const cards = (names: readonly string[]): number[] => [...cardsOf(outage, names).values()];
const count = async (operator: Operator, outcome: 'delivered' | 'failed'): Promise<number> =>
  valueOf(await metricsOf(operator), `awoooi_deliveries_total{channel="telegram",outcome="${outcome}"}`) ?? 0;
const both = async (outcome: 'delivered' | 'failed'): Promise<boolean> =>
  (await count(ahead, outcome)) > 0 && (await count(outage.operator, outcome)) > 0;
const near = (text: string | null | undefined): boolean => Math.abs(Date.parse(text ?? '') - Date.now()) < NEAR_MS;

it('both take and deliver alerts, which are counted and told once, at Redis’s time', async () => {
  const [toOne, toBoth] = [named('ToOne', 40), named('ToBoth', 40)];
  await postTo(ahead);
  await outage.fire(toOne);
  await eventually(async () => wrongCounts(await ours(), toOne).length === 0, SOON);
  await postTo(ahead, outage.operator);
  await outage.fire(toBoth);
  const names = [...toOne, ...toBoth];
  await eventually(async () => wrongCounts(await ours(), names).length === 0 && cards(names).every(each => each > 0), SOON);
  await eventually(() => both('delivered'), SOON);
  await eventually(async () => (await outage.reader.api.deliveries(AbortSignal.timeout(5_000))).waiting === 0, SOON);

  expect(wrongCounts(await ours(), names)).toEqual([]);
  expect(cards(names)).toEqual(names.map(() => 1));
  const incidents = await ours();
  expect(await aheadReader.all()).toEqual(incidents);
  const times = incidents.flatMap(each => [each.opened_at, each.first_seen, each.last_seen, ...each.deliveries.map(({ at }) => at)]);
  expect(times.filter(at => !near(at))).toEqual([]);
}, 120_000);

it('a failed delivery is tried again soon, and by neither given up before its time', async () => {
  const names = named('Late', 20);
  outage.telegram.breakWith({ is: 'answer', reply: { status: 500 } });
  await outage.fire(names);
  await eventually(() => both('failed'), SOON);
  outage.telegram.mend();
  await eventually(() => cards(names).every(each => each === 1), SOON);
  expect(await outage.reader.api.deliveries(AbortSignal.timeout(5_000))).toMatchObject({ dead: 0 });
}, 120_000);

it('an incident settles after its time, and re-opens within its window, whoever is told', async () => {
  const [name = ''] = named('Settles', 1);
  await postTo(ahead);
  await outage.fire(['Watchdog', name]);
  await eventually(async () => (await one(name))?.firing === 1 && cards([name])[0] === 1, SOON);
  // Every replica looks for Watchdogs now and then; until then it takes them for known.
  const resolvedFrom = await redisNow();
  await outage.resolve([name]);
  const resolved = await eventually(async () => {
    const found = await one(name);
    return found?.status === 'resolved' && found;
  }, SOON);
  expect(Date.parse(resolved.resolved_at ?? '') - resolvedFrom).toBeGreaterThanOrEqual(SETTLE_MS);
  expect(near(resolved.resolved_at)).toBe(true);

  await outage.fire([name]);
  await eventually(async () => (await one(name))?.status === 'open', SOON);
  const again = (await ours()).filter(({ alertname }) => alertname === name);
  expect(again.map(({ occurrences }) => occurrences)).toEqual([2]);
  expect(again[0]?.timeline.map(({ what }) => what)).toContain('reopened');
  await eventually(() => cards([name])[0] === 2, SOON);
}, 120_000);

it('what Sentry sent during an outage is caught up, though one of them says that it is later', async () => {
  const admin = new Redis(outage.redis.url);
  try {
    await eventually(async () => (await admin.get('awoooi:last-good')) !== null, SOON);
    expect(Number(await admin.get('awoooi:last-good'))).toBeLessThanOrEqual(Date.now() + 1_000);
  } finally {
    admin.disconnect();
  }
  await outage.redis.halt();
  await eventually(async () => {
    const told = await outage.sentryEvent('4001');
    return 'status' in told && told.status === 503;
  });
  await outage.redis.restart();
  await eventually(() => outage.sentry.notes('4001').length === 1, { withinMs: 90_000 });
}, 120_000);
