import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../test/parts/cluster.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { installConfig } from '../../../test/parts/install-config.ts';
import { sharedControlPlane } from '../../../test/parts/shared-control-plane.ts';
import type { ObjectAccess } from '../../domain/ports/token-reviewer.ts';
import type { KubeClient } from '../../kube/client.ts';
import { fixedCredentials } from '../../kube/credentials.ts';
import { kubeClient } from '../../kube/transport.ts';
import { kubernetesProbeReader } from './probe-reader.ts';
import { kubernetesSecretReader } from './secret-reader.ts';
import { kubernetesTokenReviewer } from './token-reviewer.ts';

let cluster: Cluster;
let namespace: string;
let client: KubeClient;
const soon = (): AbortSignal => AbortSignal.timeout(15_000);

function clientWith(token: string): KubeClient {
  return kubeClient({
    credentials: fixedCredentials({ server: cluster.url, token, tls: { ca: readFileSync(cluster.caFile) } }),
    userAgent: 'test',
  });
}

async function create(path: string, body: object): Promise<void> {
  expect((await cluster.request(path, { method: 'POST', body })).status).toBe(201);
}

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  namespace = await cluster.freshNamespace('adapters');
  client = clientWith(cluster.adminToken);
  const stringData = { token: 's3cret', newline: 's3cret\n', empty: '', blank: '\n' };
  await create(`/api/v1/namespaces/${namespace}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'api' }, stringData });
  await create(`/apis/awoooi.io/v1alpha1/namespaces/${namespace}/alertchainprobes`, {
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'AlertChainProbe',
    metadata: { name: 'paging' },
    spec: { schedule: { every: '5m' }, target: { url: 'http://127.0.0.1:1' }, hops: [{ name: 'api', type: 'Health' }] },
  });
});

afterAll(() => client.close());

const read = (name: string, key: string) => kubernetesSecretReader(client).read(namespace, { name, key }, soon());

describe('kubernetesSecretReader', () => {
  it.each(['token', 'newline'])('reads key %s without trailing newlines', async key => {
    expect(await read('api', key)).toEqual({ is: 'found', value: 's3cret' });
  });

  it.each([
    ['nowhere', 'token', 'SecretNotFound', /Secret nowhere does not exist in namespace adapters-.*create it/],
    ['api', 'absent', 'SecretKeyNotFound', /no key absent \(it has: blank, empty, newline, token\)/],
    ['api', 'constructor', 'SecretKeyNotFound', /no key constructor/],
    ['api', 'empty', 'SecretEmpty', /Key empty .* is empty/],
    ['api', 'blank', 'SecretEmpty', /Key blank .* is empty/],
  ])('says of %s/%s: %s', async (name, key, what, message) => {
    expect(await read(name, key)).toEqual({ is: 'missing', what, message: expect.stringMatching(message) });
  });

  it('says which right it lacks, and nothing of any value', async () => {
    const nobody = clientWith(await cluster.serviceAccountToken(namespace, 'nobody'));
    const reading = kubernetesSecretReader(nobody).read(namespace, { name: 'api', key: 'token' }, soon());
    await expect(reading).rejects.toMatchObject({ fault: 'forbidden', statusCode: 403, message: expect.not.stringContaining('s3cret') });
    await nobody.close();
  });
});

describe('kubernetesProbeReader', () => {
  it('finds a probe with its defaults', async () => {
    const probe = await kubernetesProbeReader(client).find(namespace, 'paging', soon());
    expect(probe?.spec).toMatchObject({ timeout: '30s', gate: 'Enforce', failureThreshold: 2 });
  });

  it.each(['absent', '..', 'a/../../secrets/api', 'PAGING', '%2e%2e', ''])('finds nothing under the name %j', async name => {
    expect(await kubernetesProbeReader(client).find(namespace, name, soon())).toBeUndefined();
  });
});

const access = { verb: 'get', path: '/awoooi.io/api/v1/probes/a/b/verdict' };
const review = (token: string) => kubernetesTokenReviewer(client).review(token, access, soon());

describe('kubernetesTokenReviewer', () => {
  it('knows a ServiceAccount, and whether it may', async () => {
    const token = await cluster.serviceAccountToken(namespace, 'caller');
    const username = `system:serviceaccount:${namespace}:caller`;
    expect(await review(token)).toEqual({ is: 'forbidden', username });
    const name = `verdicts-${namespace}`;
    const rules = [{ nonResourceURLs: ['/awoooi.io/api/v1/probes/*'], verbs: ['get'] }];
    await create('/apis/rbac.authorization.k8s.io/v1/clusterroles', { metadata: { name }, rules });
    await create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name: 'caller', namespace }],
    });
    await eventually(async () => (await review(token)).is === 'allowed');
  });

  it('says of two people who may approve which run, and where', async () => {
    const [mei, omar] = await Promise.all(['mei', 'omar'].map(name => cluster.serviceAccountToken(namespace, name)));
    const approve = (token = '', over: Partial<ObjectAccess> = {}) => {
      const run = { verb: 'approve', group: 'awoooi.io', resource: 'repairruns', namespace, name: 'restart-checkout-1' };
      return kubernetesTokenReviewer(client).review(token, { ...run, ...over }, soon());
    };
    const rules = [{ apiGroups: ['awoooi.io'], resources: ['repairruns'], verbs: ['approve'], resourceNames: ['restart-checkout-1'] }];
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    await create(`${rbac}/roles`, { metadata: { name: 'approver' }, rules });
    await create(`${rbac}/rolebindings`, {
      metadata: { name: 'approver' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'approver' },
      subjects: [{ kind: 'ServiceAccount', name: 'mei', namespace }],
    });
    await eventually(async () => (await approve(mei)).is === 'allowed');
    expect(await approve(mei)).toEqual({ is: 'allowed', username: `system:serviceaccount:${namespace}:mei` });
    expect(await approve(omar)).toEqual({ is: 'forbidden', username: `system:serviceaccount:${namespace}:omar` });
    for (const over of [{ name: 'another' }, { namespace: 'default' }, { verb: 'patch' }]) {
      expect((await approve(mei, over)).is).toBe('forbidden');
    }
  });

  it('lets a group in that a user is in', async () => {
    const token = await cluster.serviceAccountToken(namespace, 'grouped');
    const access = { verb: 'approve', group: 'awoooi.io', resource: 'repairruns', namespace, name: 'x' };
    await create(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`, {
      metadata: { name: 'group' },
      rules: [{ apiGroups: ['awoooi.io'], resources: ['repairruns'], verbs: ['approve'], resourceNames: ['x'] }],
    });
    await create(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
      metadata: { name: 'group' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'group' },
      subjects: [{ kind: 'Group', name: `system:serviceaccounts:${namespace}`, apiGroup: 'rbac.authorization.k8s.io' }],
    });
    const reviewed = () => kubernetesTokenReviewer(client).review(token, access, soon());
    await eventually(async () => (await reviewed()).is === 'allowed');
    expect(await reviewed()).toEqual({ is: 'allowed', username: `system:serviceaccount:${namespace}:grouped` });
  });

  it('does not know a token that nobody issued', async () => {
    expect(await review('made-up')).toEqual({ is: 'unknown' });
  });
});
