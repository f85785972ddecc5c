import { expect, it } from 'vitest';
import { alertmanagerConfig } from '../../demo/alertmanager-config.ts';
import { startAlertmanager } from '../parts/alertmanager.ts';
import { eventually } from '../parts/eventually.ts';
import { keptPort } from '../parts/free-port.ts';
import { startOperator } from '../parts/operator.ts';
import { startRedis } from '../parts/redis.ts';
import { steppedClock } from '../parts/stepped-clock.ts';
import { startTarget } from '../servers/target.ts';
import { condition, probeView } from './probe-view.ts';
import { probe, raiseStage } from './stage.ts';

const HOUR_S = 3_600;
/** Longer than any wait of this file, and shorter than the clock is set forward. */
const EVERY = '30m';

it('an operator whose clock is set by an hour, forward and back, goes on and calls nothing broken', async ({ onTestFinished }) => {
  const clock = steppedClock();
  onTestFinished(() => clock.stop());
  const [stage, port, redis, target] = await Promise.all([raiseStage('clock'), keptPort(), startRedis(), startTarget()]);
  onTestFinished(() => Promise.all([redis, target].map(part => part.stop())).then(() => undefined));
  const config = alertmanagerConfig({ operatorPort: port, webhookToken: stage.webhookToken });
  const alertmanager = await startAlertmanager({ version: '0.33', config });
  onTestFinished(() => alertmanager.stop());
  const operator = await startOperator({ ...stage.operator(redis.url, clock.env), port });
  onTestFinished(() => operator.stop());

  const paging = { name: 'paging', type: 'AlertmanagerCanary', alertmanager: { urls: [alertmanager.url], receiver: 'awoooi' } };
  const hops = [{ name: 'api', type: 'Health' }, paging];
  await stage.apply(probe('chain', { schedule: { every: EVERY }, runToken: 'v1', target: { url: target.url }, hops }));
  const view = probeView(stage, 'chain');
  await view.until(status => condition(status) === 'True/AllHopsPassed');

  /** Asks for runs until one says that it began at this distance from the machine's time. */
  const runAt = (seconds: number) =>
    eventually(async () => {
      const { lastRun } = await view.run();
      const offsetMs = Date.parse(lastRun?.startedAt ?? '') - Date.now();
      return Math.abs(offsetMs - seconds * 1_000) < 60_000 && lastRun;
    });

  // The schedule missed two runs by the jump, and made up for them once at the most.
  clock.step(HOUR_S);
  expect(await runAt(HOUR_S)).toMatchObject({ phase: 'Passed' });
  const forward = await view.until(({ nextRunTime = '' }) => Date.parse(nextRunTime) > Date.now() + HOUR_S * 1_000);
  expect(forward.history?.filter(({ trigger }) => trigger === 'Schedule').length).toBeLessThanOrEqual(1);

  // Back again: what it recorded last now lies an hour ahead of it.
  clock.step(0);
  expect(await runAt(0)).toMatchObject({ phase: 'Passed' });
  const back = await view.until(({ nextRunTime = '' }) => Date.parse(nextRunTime) < Date.now() + 31 * 60_000);
  expect(condition(back)).toBe('True/AllHopsPassed');
  expect(back.history?.filter(({ result }) => result !== 'Passed')).toEqual([]);
  expect((await view.events()).filter(({ type }) => type === 'Warning')).toEqual([]);
  expect(operator.process().running()).toBe(true);
});
