import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cluster } from '../../../test/parts/cluster.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { kubectl } from '../../../test/parts/kubectl.ts';
import { sharedControlPlane } from '../../../test/parts/shared-control-plane.ts';
import type { WorkloadRef } from '../../domain/ports/rollouts.ts';
import type { KubeClient } from '../../kube/client.ts';
import { fixedCredentials } from '../../kube/credentials.ts';
import { kubeClient } from '../../kube/transport.ts';
import { kubernetesRollouts } from './rollouts.ts';

let cluster: Cluster;
let client: KubeClient;
let namespace: string;

function clientWith(token: string): KubeClient {
  const tls = { ca: readFileSync(cluster.caFile) };
  return kubeClient({ credentials: fixedCredentials({ server: cluster.url, token, tls }), userAgent: 'test' });
}

beforeAll(async () => {
  cluster = await sharedControlPlane({ workloads: true });
  client = clientWith(cluster.adminToken);
  namespace = await cluster.freshNamespace('rollouts');
});
afterAll(() => client.close());

/** More than the one Node has: such a pod waits for ever. */
const TOO_MUCH = { requests: { cpu: '1000' } };

function workload(kind: WorkloadRef['kind'], image: string, replicas: number, resources: object = {}): object {
  const labels = { app: kind };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image, resources }] } };
  const size = kind === 'DaemonSet' ? {} : { replicas };
  const spec = { ...size, selector: { matchLabels: labels }, template, ...(kind === 'StatefulSet' && { serviceName: 'web' }) };
  return { apiVersion: 'apps/v1', kind, metadata: { name: 'web' }, spec };
}

async function apply(object: object): Promise<void> {
  await kubectl(['-n', namespace, 'apply', '-f', '-'], { kubeconfig: cluster.adminKubeconfig, input: JSON.stringify(object) });
}

/** The pods of a workload, each as `image/phase`. */
async function pods(kind: string): Promise<string[]> {
  const line = '{range .items[*]}{.spec.containers[0].image}/{.status.phase} {end}';
  const args = ['-n', namespace, 'get', 'pods', '-l', `app=${kind}`, '-o', `jsonpath=${line}`];
  return (await kubectl(args, { kubeconfig: cluster.adminKubeconfig })).trim().split(' ');
}

const completed = (ref: WorkloadRef, by = client): Promise<string | undefined> =>
  kubernetesRollouts(by).completed(namespace, ref, AbortSignal.timeout(15_000));

it.each(['Deployment', 'StatefulSet', 'DaemonSet'] as const)('tells a rollout of a %s that is over from one under way', async kind => {
  const ref = { kind, name: 'web' } as const;
  const rolledOut = (before?: string): Promise<string> =>
    eventually(
      async () => {
        const token = await completed(ref);
        return token === before ? undefined : token;
      },
      { withinMs: 50_000, everyMs: 100 },
    );
  expect(await completed(ref)).toBeUndefined();
  await apply(workload(kind, 'web:1', 2));
  const first = await rolledOut();

  // Scaling is no rollout; what is scaled is not over until all of it is there.
  await apply(workload(kind, 'web:1', 3));
  await eventually(async () => (await completed(ref)) === first, { withinMs: 50_000 });

  await apply(workload(kind, 'web:2', 3));
  const second = await rolledOut(first);
  // Pods of the old one may still be on their way out.
  await eventually(async () => (await pods(kind)).every(pod => pod === 'web:2/Running'));
  expect(await completed(ref)).toBe(second);

  await apply(workload(kind, 'web:3', 3, TOO_MUCH));
  await eventually(async () => (await pods(kind)).includes('web:3/Pending'), { withinMs: 50_000 });
  await eventually(async () => (await completed(ref)) === undefined);
});

it('takes a workload that was deleted and made anew for another one, though its revisions begin again', async () => {
  const ref = { kind: 'Deployment', name: 'web' } as const;
  const remade = async (): Promise<string> => {
    await kubectl(['-n', namespace, 'delete', 'deployment', 'web', '--ignore-not-found'], { kubeconfig: cluster.adminKubeconfig });
    await apply(workload('Deployment', 'web:1', 1));
    return eventually(() => completed(ref), { withinMs: 50_000, everyMs: 100 });
  };
  expect(await remade()).not.toBe(await remade());
});

it('says which right it lacks', async () => {
  const poor = clientWith(await cluster.serviceAccountToken(namespace, 'default'));
  const asked = completed({ kind: 'Deployment', name: 'web' }, poor);
  await expect(asked).rejects.toMatchObject({
    name: 'PortError',
    fault: 'forbidden',
    message: expect.stringContaining('deployments.apps'),
  });
  await poor.close();
});
