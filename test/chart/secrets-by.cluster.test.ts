import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Cluster } from '../parts/cluster.ts';
import { eventually } from '../parts/eventually.ts';
import { CHART, helm, helmSurroundings } from '../parts/helm.ts';
import { pathOf } from '../parts/installed.ts';
import { sharedControlPlane } from '../parts/shared-control-plane.ts';

const ONCE_IN_A_CLUSTER = ['crds.install=false', 'rbac.approverRole=false', 'admissionPolicy.install=false'].map(value => `--set=${value}`);
const Secrets = z.object({ items: z.array(z.object({ type: z.string(), data: z.record(z.string(), z.string()).default({}) })) });

let cluster: Cluster;
let namespace: string;
beforeAll(async () => {
  cluster = await sharedControlPlane();
  namespace = await cluster.freshNamespace('secrets-by');
});

const run = (...args: readonly string[]): Promise<string> => helm([`--namespace=${namespace}`, ...args], cluster.adminKubeconfig);
const release = (secretsBy: string): Promise<string> =>
  run('upgrade', '--install', 'awoooi', CHART, ...ONCE_IN_A_CLUSTER, `--set=secretsBy=${secretsBy}`);

/** Ends Helm by SIGKILL once its record of the upgrade says that this has begun. */
async function killedWithinUpgrade(): Promise<void> {
  const args = [`--namespace=${namespace}`, 'upgrade', 'awoooi', CHART, ...ONCE_IN_A_CLUSTER];
  const killed = spawn(pathOf('helm'), args, { env: helmSurroundings(cluster.adminKubeconfig), stdio: 'ignore' });
  const ended = once(killed, 'exit');
  const pending = `/api/v1/namespaces/${namespace}/secrets?labelSelector=owner=helm,status=pending-upgrade`;
  await eventually(async () => Secrets.parse((await cluster.request(pending)).body).items.length > 0, { withinMs: 60_000, everyMs: 20 });
  killed.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
}

/** What is in the Secrets of the chart; Helm's own records are of another type. */
async function secrets(): Promise<readonly Readonly<Record<string, string>>[]> {
  const { body } = await cluster.request(`/api/v1/namespaces/${namespace}/secrets`);
  return Secrets.parse(body).items.flatMap(({ type, data }) => (type === 'Opaque' ? [data] : []));
}

describe('the Secrets that the chart made up', { timeout: 120_000 }, () => {
  it('stay when they are made in another way, there and back, and when that is rolled back', async () => {
    await release('Hook');
    const before = await secrets();
    expect(before).toHaveLength(2);
    await release('Resource');
    expect(await secrets()).toEqual(before);
    await run('rollback', 'awoooi');
    expect(await secrets()).toEqual(before);
    await release('Resource');
    await release('Hook');
    expect(await secrets()).toEqual(before);
  });

  it('stay when Helm is killed within an upgrade, which the next commands get over as docs/install.md says', async () => {
    const before = await secrets();
    await killedWithinUpgrade();
    await expect(release('Hook')).rejects.toThrow('another operation (install/upgrade/rollback) is in progress');
    expect(await run('rollback', 'awoooi')).toContain('success');
    expect(await secrets()).toEqual(before);
  });

  it('are not joined by those of another release in the namespace, whose operator would never lead', async () => {
    await expect(run('install', 'second', CHART, ...ONCE_IN_A_CLUSTER)).rejects.toThrow(
      `release awoooi is in namespace ${namespace} already, and the operators of both would share one Lease`,
    );
  });

  it('go with the release, however they were made last', async () => {
    await release('Resource');
    expect(await secrets()).toHaveLength(2);
    await run('uninstall', 'awoooi');
    expect(await secrets()).toEqual([]);
  });
});
