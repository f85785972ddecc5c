import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { Cluster } from './parts/cluster.ts';
import { installConfig } from './parts/install-config.ts';
import { Root } from './parts/installed.ts';
import { eventually } from './parts/eventually.ts';
import { kubectl } from './parts/kubectl.ts';
import { sharedControlPlane } from './parts/shared-control-plane.ts';

const Review = z.object({ status: z.object({ allowed: z.boolean() }) });

let cluster: Cluster;
let token: string;
let given: string;
let elsewhere: string;

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/rbac');
  token = await cluster.serviceAccountToken('awoooi-system', 'awoooi-operator');
  given = await cluster.freshNamespace('repaired');
  elsewhere = await cluster.freshNamespace('left-alone');
  await kubectl(['apply', '-k', join(Root, 'config/repair'), '-n', given], { kubeconfig: cluster.adminKubeconfig });
});

interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

async function allowed(access: Access, namespace: string, name = 'x', as = token): Promise<boolean> {
  const resourceAttributes = { ...access, namespace, name };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
  const answer = await cluster.request('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { method: 'POST', body, token: as });
  return Review.parse(answer.body).status.allowed;
}

const WORKLOADS = ['deployments', 'statefulsets', 'daemonsets'];
const pods = { group: '', resource: 'pods' };

it.each<Access>([
  ...WORKLOADS.map(resource => ({ group: 'apps', resource, verb: 'patch' })),
  ...['get', 'list'].map(verb => ({ group: 'apps', resource: 'replicasets', verb })),
  ...['get', 'list'].map(verb => ({ ...pods, verb })),
  { ...pods, subresource: 'eviction', verb: 'create' },
  { group: 'autoscaling', resource: 'horizontalpodautoscalers', verb: 'list' },
  ...['get', 'patch'].map(verb => ({ group: '', resource: 'configmaps', verb })),
])('may $verb $resource where a namespace gave it, and nowhere else', async access => {
  expect(await allowed(access, given)).toBe(true);
  expect(await allowed(access, elsewhere)).toBe(false);
});

/** The operator itself may read them by config/rbac everywhere: whoever has this Role alone shows that it is enough. */
it('may read the workloads by that Role alone', async () => {
  const reader = await cluster.serviceAccountToken(given, 'reader');
  const binding = ['rolebinding', 'reader', '--role=awoooi-operator-repair', `--serviceaccount=${given}:reader`];
  await kubectl(['create', '-n', given, ...binding], { kubeconfig: cluster.adminKubeconfig });
  for (const resource of WORKLOADS) {
    const get = { group: 'apps', resource, verb: 'get' };
    await eventually(() => allowed(get, given, 'x', reader));
    expect(await allowed(get, elsewhere, 'x', reader)).toBe(false);
  }
});

it('may read the label of that namespace, and of no other', async () => {
  const get = { group: '', resource: 'namespaces', verb: 'get' };
  expect(await allowed(get, given, given)).toBe(true);
  expect(await allowed(get, elsewhere, elsewhere)).toBe(false);
  expect(await allowed({ ...get, verb: 'patch' }, given, given)).toBe(false);
});

it.each<Access>([
  ...WORKLOADS.flatMap(resource => ['update', 'create', 'delete', 'list'].map(verb => ({ group: 'apps', resource, verb }))),
  ...['patch', 'create', 'delete'].map(verb => ({ ...pods, verb })),
  { ...pods, subresource: 'exec', verb: 'create' },
  { ...pods, subresource: 'log', verb: 'get' },
  { ...pods, subresource: 'ephemeralcontainers', verb: 'patch' },
  ...['list', 'delete', 'create', 'update'].map(verb => ({ group: '', resource: 'configmaps', verb })),
  ...['list', 'patch'].map(verb => ({ group: '', resource: 'secrets', verb })),
  { group: 'autoscaling', resource: 'horizontalpodautoscalers', verb: 'patch' },
  ...['patch', 'create', 'bind'].map(verb => ({ group: 'rbac.authorization.k8s.io', resource: 'roles', verb })),
  { group: 'awoooi.io', resource: 'repairruns', verb: 'approve' },
])('may not $verb $resource there either', async access => {
  expect(await allowed(access, given)).toBe(false);
});

it('can be taken back', async () => {
  const namespace = await cluster.freshNamespace('taken-back');
  const kubeconfig = cluster.adminKubeconfig;
  for (const verb of ['apply', 'delete']) await kubectl([verb, '-k', join(Root, 'config/repair'), '-n', namespace], { kubeconfig });
  expect(await allowed({ group: 'apps', resource: 'deployments', verb: 'patch' }, namespace)).toBe(false);
});
