import { beforeAll, expect, it } from 'vitest';
import type { Cluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { kubectl } from './kubectl.ts';
import { sharedControlPlane } from './shared-control-plane.ts';

let plane: Cluster;
beforeAll(async () => {
  plane = await sharedControlPlane({ workloads: true });
});

it('rolls a Deployment out, restarts it, and deletes its namespace with all that is in it', async () => {
  const namespace = await plane.freshNamespace('rollout');
  const admin = { kubeconfig: plane.adminKubeconfig };
  const rollout = (...args: readonly string[]): Promise<string> => kubectl(['-n', namespace, 'rollout', ...args], admin);

  await kubectl(['-n', namespace, 'create', 'deployment', 'web', '--image=registry.invalid/web:1', '--replicas=3'], admin);
  expect(await rollout('status', 'deployment/web', '--timeout=50s')).toContain('successfully rolled out');
  await rollout('restart', 'deployment/web');
  expect(await rollout('status', 'deployment/web', '--timeout=50s')).toContain('successfully rolled out');

  await kubectl(['delete', 'namespace', namespace, '--wait=false'], admin);
  await eventually(async () => (await plane.request(`/api/v1/namespaces/${namespace}`)).status === 404, { withinMs: 50_000 });
});

/** One that nobody renews is taken for dead after 50 s, and its pods stay unready although it comes back. */
it('keeps its Node alive by a lease', async () => {
  const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  const renewed = { spec: expect.objectContaining({ leaseDurationSeconds: 40, renewTime: expect.any(String) }) };
  await eventually(async () => {
    expect((await plane.request(path)).body).toMatchObject({ items: [renewed] });
    return true;
  });
});
