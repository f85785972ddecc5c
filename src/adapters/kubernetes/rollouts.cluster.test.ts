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

function workload(kind: WorkloadRef['kind'], image: string, replicas: number): object {
  const labels = { app: kind };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } };
  const size = kind === 'DaemonSet' ? {} : { replicas };
  const spec = { ...size, selector: { matchLabels: labels }, template, ...(kind === 'StatefulSet' && { serviceName: 'web' }) };
  return { apiVersion: 'apps/v1', kind, metadata: { name: 'web' }, spec };
}

async function apply(object: object): Promise<void> {
  await kubectl(['-n', namespace, 'apply', '-f', '-'], { kubeconfig: cluster.adminKubeconfig, input: JSON.stringify(object) });
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
  // The replicas of the new revision, and nothing before, made it complete.
  const images = await kubectl(
    ['-n', namespace, 'get', 'pods', '-l', `app=${kind}`, '-o', 'jsonpath={.items[*].spec.containers[0].image}'],
    {
      kubeconfig: cluster.adminKubeconfig,
    },
  );
  expect(new Set(images.split(' '))).toEqual(new Set(['web:2']));
  expect(await completed(ref)).toBe(second);
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
