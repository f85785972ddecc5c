import { expect, it } from 'vitest';
import { startControlPlane } from '../parts/control-plane.ts';
import { startOperator } from '../parts/operator.ts';
import { startRedis } from '../parts/redis.ts';
import { startTarget } from '../servers/target.ts';
import { condition, probeView } from './probe-view.ts';
import { probe, raiseStage, SHORT_LEASE } from './stage.ts';

it('goes on when the API server is killed in the middle of a run and comes back', async ({ onTestFinished }) => {
  const [plane, redis, target] = await Promise.all([startControlPlane(), startRedis(), startTarget()]);
  onTestFinished(() => Promise.all([plane, redis, target].map(part => part.stop())).then(() => undefined));
  const stage = await raiseStage('restart', { cluster: plane });
  const operator = await startOperator(stage.operator(redis.url, SHORT_LEASE));
  onTestFinished(() => operator.stop());
  const { pid } = operator.process();
  await stage.apply(probe('goes-on', { runToken: 'v1', target: { url: target.url }, hops: [{ name: 'api', type: 'Health' }] }));
  const view = probeView(stage, 'goes-on');
  await view.until(status => condition(status) === 'True/AllHopsPassed');

  // The API server is away when the run has its result: the record of it must wait, or be made anew.
  target.breakWith({ is: 'slow', delayMs: 1_000 });
  await view.patch({ spec: { runToken: 'v2' } });
  await view.until(({ lastRun }) => lastRun?.phase === 'Running');
  await plane.apiServer.kill9();
  await plane.apiServer.restart();
  target.mend();
  const status = await view.until(now => now.runToken === 'v2' && condition(now) === 'True/AllHopsPassed', 60_000);
  expect(status.lastRun).toMatchObject({ trigger: 'RunToken', phase: 'Passed', runToken: 'v2' });
  // What is new since then comes by the watch alone.
  await stage.apply(probe('newcomer', { runToken: 'v1', target: { url: target.url }, hops: [{ name: 'api', type: 'Health' }] }));
  await probeView(stage, 'newcomer').until(now => condition(now) === 'True/AllHopsPassed', 30_000);
  expect(operator.process()).toMatchObject({ pid });
  expect(operator.process().running()).toBe(true);
});
