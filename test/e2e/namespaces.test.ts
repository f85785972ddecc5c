import { expect, it } from 'vitest';
import { startOperator } from '../parts/operator.ts';
import { startRedis } from '../parts/redis.ts';
import { startTarget } from '../servers/target.ts';
import { condition, probeView } from './probe-view.ts';
import { probe, raiseStage, SHORT_LEASE, type Stage, stageIn } from './stage.ts';

/** The operator's rights, for an account of its own, in one namespace alone. */
async function letWork(stage: Stage, account: string): Promise<void> {
  await stage.kubectl('create', 'rolebinding', 'works-here', '--clusterrole=awoooi-operator', `--serviceaccount=${account}`);
}

it('runs the probes of one namespace while it may not read another, and of that one too once it may', async ({ onTestFinished }) => {
  const [good, redis, target] = await Promise.all([raiseStage('good'), startRedis(), startTarget()]);
  onTestFinished(() => Promise.all([redis, target].map(part => part.stop())).then(() => undefined));
  const refused = await stageIn(good.cluster, 'refused');
  const hops = [{ name: 'api', type: 'Health' }];
  for (const stage of [good, refused]) await stage.apply(probe('api', { runToken: 'v1', target: { url: target.url }, hops }));
  await letWork(good, `${good.namespace}:worker`);
  await lendLease(good, `${good.namespace}:worker`);

  const kubeconfig = good.cluster.kubeconfigFor(await good.cluster.serviceAccountToken(good.namespace, 'worker'), good.namespace);
  const env = { ...SHORT_LEASE, AWOOOI_NAMESPACES: `${good.namespace},${refused.namespace}` };
  const operator = await startOperator({ ...good.operator(redis.url, env), kubeconfig });
  onTestFinished(() => operator.stop());
  await probeView(good, 'api').until(status => condition(status) === 'True/AllHopsPassed');
  expect((await probeView(refused, 'api').status()).lastRun).toBeUndefined();

  await letWork(refused, `${good.namespace}:worker`);
  await probeView(refused, 'api').until(status => condition(status) === 'True/AllHopsPassed', 60_000);
});

async function lendLease(stage: Stage, account: string): Promise<void> {
  await stage.kubectl('create', 'role', 'lease', '--verb=get,create,update,patch', '--resource=leases.coordination.k8s.io');
  await stage.kubectl('create', 'rolebinding', 'lease', '--role=lease', `--serviceaccount=${account}`);
}
