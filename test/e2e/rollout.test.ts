import { expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { startOperator } from '../parts/operator.ts';
import { startRedis } from '../parts/redis.ts';
import { startTarget } from '../servers/target.ts';
import { condition, ended, probeView } from './probe-view.ts';
import { metricsOf, probe, raiseStage, valueOf } from './stage.ts';

it('runs once after a rollout, and not after scaling', async ({ onTestFinished }) => {
  const [stage, redis, target] = await Promise.all([raiseStage('rollout', { workloads: true }), startRedis(), startTarget()]);
  onTestFinished(() => Promise.all([redis, target].map(part => part.stop())).then(() => undefined));
  const operator = await startOperator(stage.operator(redis.url));
  onTestFinished(() => operator.stop());

  const roll = (image: string, replicas: number): Promise<void> => stage.apply(deployment(image, replicas));
  const rolledOut = (): Promise<string> => stage.kubectl('rollout', 'status', 'deployment/api', '--timeout=50s');
  await roll('api:1', 1);
  await rolledOut();
  const hops = [{ name: 'api', type: 'Health' }];
  const afterRollout = [{ kind: 'Deployment', name: 'api' }];
  await stage.apply(probe('after', { runToken: 'v1', target: { url: target.url }, hops, afterRollout }));
  const view = probeView(stage, 'after');
  // The rollout that was there before the probe is noted, and asks for nothing.
  const noted = await view.until(status => condition(status) === 'True/AllHopsPassed' && status.rollouts?.['Deployment/api'] === '1');
  expect(ended(noted)).toEqual(['Passed']);

  await roll('api:1', 3);
  await rolledOut();
  // Two turns that began after the scaling have seen it.
  const turns = async (): Promise<number> =>
    valueOf(await metricsOf(operator), 'awoooi_reconcile_total{controller="alertchainprobe",result="ok"}') ?? 0;
  const before = await turns();
  await eventually(async () => (await turns()) >= before + 2, { withinMs: 30_000, everyMs: 200 });
  expect(ended(await view.status())).toEqual(['Passed']);

  await roll('api:2', 3);
  await rolledOut();
  const status = await view.until(({ rollouts, lastRun }) => rollouts?.['Deployment/api'] === '2' && lastRun?.phase === 'Passed');
  expect(status.lastRun?.trigger).toBe('Rollout');
  expect(status.history?.map(({ trigger }) => trigger)).toEqual(['Rollout', 'RunToken']);
});

function deployment(image: string, replicas: number): object {
  const labels = { app: 'api' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'api', image }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'api' },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
}
