import { expect, it } from 'vitest';
import type { AlertChainProbeStatus } from '../../src/crds/alertchainprobe/status.ts';
import { eventually } from '../parts/eventually.ts';
import { startOperator } from '../parts/operator.ts';
import { startRedis } from '../parts/redis.ts';
import { startTarget } from '../servers/target.ts';
import { probeView } from './probe-view.ts';
import { metricsOf, probe, raiseStage, valueOf } from './stage.ts';

/** More than its waits may take together, so that the one which is over says why. */
const WITHIN_MS = 150_000;

it('runs once after each rollout that completes, and not after scaling', { timeout: WITHIN_MS }, async ({ onTestFinished }) => {
  const [stage, redis, target] = await Promise.all([raiseStage('rollout', { workloads: true }), startRedis(), startTarget()]);
  onTestFinished(() => Promise.all([redis, target].map(part => part.stop())).then(() => undefined));
  const operator = await startOperator(stage.operator(redis.url));
  onTestFinished(() => operator.stop());

  const roll = async (image: string, replicas: number): Promise<void> => {
    await stage.apply(deployment(image, { replicas }));
    await stage.kubectl('rollout', 'status', 'deployment/api', '--timeout=50s');
  };
  const hops = [{ name: 'api', type: 'Health' }];
  const afterRollout = [{ kind: 'Deployment', name: 'api' }];
  const following = (name: string): object => probe(name, { runToken: 'v1', target: { url: target.url }, hops, afterRollout });

  // Both in one go, as GitOps applies them: the probe runs long before the rollout is over, and once more after it.
  await stage.apply(deployment('api:1', { replicas: 1, minReadySeconds: 500 }), following('early'));
  const early = probeView(stage, 'early');
  expect(triggers(await early.until(sees('')))).toEqual(['RunToken']);
  await roll('api:1', 1);
  expect(triggers(await early.until(sees('1')))).toEqual(['RunToken', 'Rollout']);

  await stage.apply(following('after'));
  const view = probeView(stage, 'after');
  // The rollout that was there before the probe is noted, and asks for nothing.
  expect(triggers(await view.until(sees('1')))).toEqual(['RunToken']);

  await roll('api:1', 3);
  // Two turns of each that began after the scaling have seen it.
  const turns = async (): Promise<number> =>
    valueOf(await metricsOf(operator), 'awoooi_reconcile_total{controller="alertchainprobe",result="ok"}') ?? 0;
  const before = await turns();
  await eventually(async () => (await turns()) >= before + 4, { withinMs: 30_000, everyMs: 200 });
  expect(triggers(await view.status())).toEqual(['RunToken']);

  await roll('api:2', 3);
  expect(triggers(await view.until(sees('2')))).toEqual(['RunToken', 'Rollout']);
  expect(triggers(await early.until(sees('2')))).toEqual(['RunToken', 'Rollout', 'Rollout']);
});

/** A good run is over, and the rollout on record is of this revision; the rest of it tells namesakes apart. */
function sees(revision: string): (status: AlertChainProbeStatus) => boolean {
  return ({ lastRun, rollouts }) => lastRun?.phase === 'Passed' && rollouts?.['Deployment/api']?.split('@')[0] === revision;
}

/** What asked for the runs of the history, the oldest first. */
function triggers({ history = [] }: AlertChainProbeStatus): string[] {
  return history.map(({ trigger }) => trigger).toReversed();
}

function deployment(image: string, size: { readonly replicas: number; readonly minReadySeconds?: number }): object {
  const labels = { app: 'api' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'api', image }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'api' },
    spec: { minReadySeconds: 0, ...size, selector: { matchLabels: labels }, template },
  };
}
