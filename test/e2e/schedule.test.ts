import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { type HttpServer, startHttpServer } from '../servers/http-server.ts';
import { startTarget, type Target } from '../servers/target.ts';
import { condition, probeView } from './probe-view.ts';
import { probe, raiseStage, type Stage } from './stage.ts';

/** 5:45 ahead of UTC all the year round: what is read in the wrong zone is far off. */
const ZONE = 'Asia/Kathmandu';
const ZONE_AHEAD_MS = (5 * 60 + 45) * 60_000;
const DAY_MS = 24 * 3_600_000;

let stage: Stage;
let redis: Part;
let target: Target;
let people: HttpServer;
let operator: Operator;

beforeAll(async () => {
  [stage, redis, target, people] = await Promise.all([
    raiseStage('schedule'),
    startRedis(),
    startTarget(),
    startHttpServer({ handle: () => ({ status: 204 }) }),
  ]);
  operator = await startOperator(stage.operator(redis.url));
});
beforeEach(() => target.mend());
afterAll(() => Promise.all([operator, redis, target, people].map(part => part?.stop())));

const hops = [{ name: 'api', type: 'Health' }];

/** A window that opened half an hour ago by the clocks of the zone. */
function window(): { cron: string; duration: string } {
  const opened = new Date(Date.now() + ZONE_AHEAD_MS - 30 * 60_000);
  return { cron: `${opened.getUTCMinutes()} ${opened.getUTCHours()} * * *`, duration: '1h' };
}

/** Whether anybody was told of the probe. */
const told = (name: string): boolean => people.requests.some(({ path }) => path === `/${name}`);

async function verdict(name: string): Promise<unknown> {
  const answer = await fetch(`${operator.url}/api/v1/probes/${stage.namespace}/${name}/verdict`, {
    headers: { authorization: `Bearer ${stage.apiToken}` },
    signal: AbortSignal.timeout(15_000),
  });
  return answer.json();
}

it('says maintenance of a probe that fails in a window of its time zone, and tells people only once that is over', async () => {
  target.breakWith({ is: 'answer', reply: { status: 500 } });
  const failing = (name: string, maintenance: readonly object[]): object =>
    probe(name, { runToken: 'v1', target: { url: target.url }, hops, maintenance, notify: { webhook: { url: `${people.url}/${name}` } } });
  await stage.apply(failing('maintained', [{ ...window(), timeZone: ZONE }]), failing('elsewhere', [window()]));
  const view = probeView(stage, 'maintained');

  const status = await view.until(now => condition(now) === 'False/BadStatus');
  expect(status.lastRun).toMatchObject({ phase: 'Failed', maintenance: true });
  expect(await verdict('maintained')).toMatchObject({ ok: false, maintenance: true, failed: [{ hop: 'api', cause: 'BadStatus' }] });
  // The same window read in UTC is not open: there people hear of it.
  await eventually(() => told('elsewhere'));
  expect(await verdict('elsewhere')).toMatchObject({ ok: false, maintenance: false });
  // A whole further run, with all the turns in which a notice could have been sent.
  expect(condition(await view.run())).toBe('False/BadStatus');
  expect([told('maintained'), (await view.status()).notified]).toEqual([false, undefined]);

  await view.patch({ spec: { maintenance: [] } });
  await view.until(({ notified = '' }) => notified.startsWith('Broken@'));
  expect(told('maintained')).toBe(true);
});

it('plans by the clocks of the time zone that the schedule names', async () => {
  const schedule = { cron: '30 8 * * *', timeZone: ZONE };
  await stage.apply(probe('daily', { schedule, target: { url: target.url }, hops }));
  const before = Date.now();
  const status = await probeView(stage, 'daily').until(now => now.lastRun?.phase === 'Passed');
  expect(status.lastRun?.trigger).toBe('Schedule');
  const planned = Date.parse(status.nextRunTime ?? '');
  // 8:30 there is 2:45 in UTC; up to five seconds of spread.
  expect((planned + ZONE_AHEAD_MS) % DAY_MS).toBeGreaterThanOrEqual(8.5 * 3_600_000);
  expect((planned + ZONE_AHEAD_MS) % DAY_MS).toBeLessThan(8.5 * 3_600_000 + 5_000);
  expect(planned).toBeGreaterThan(before);
  expect(planned).toBeLessThan(before + DAY_MS + 60_000);
});
