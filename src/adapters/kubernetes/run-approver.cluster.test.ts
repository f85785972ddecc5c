import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { installConfig } from '../../../test/parts/install-config.ts';
import { runSpec } from '../../../test/builders/waiting-run.ts';
import { pem, serverTls } from '../../../test/parts/certificates.ts';
import type { Cluster } from '../../../test/parts/cluster.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { sharedControlPlane } from '../../../test/parts/shared-control-plane.ts';
import { type ApiFaultProxy, apiFaultProxy } from '../../../test/servers/api-fault-proxy.ts';
import { storedRepairRun } from '../../crds/repairrun/stored.ts';
import type { KnownRun, RunApprover } from '../../domain/ports/run-approver.ts';
import type { KubeClient } from '../../kube/client.ts';
import { fixedCredentials } from '../../kube/credentials.ts';
import { kubeClient } from '../../kube/transport.ts';
import { kubernetesRunApprover } from './run-approver.ts';

let cluster: Cluster;
let proxy: ApiFaultProxy;
let namespace: string;
let run: KnownRun;
const clients: KubeClient[] = [];

const soon = (): AbortSignal => AbortSignal.timeout(15_000);
const user = (name: string): string => `system:serviceaccount:${namespace}:${name}`;
const collection = (): string => `/apis/awoooi.io/v1alpha1/namespaces/${namespace}/repairruns`;

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  proxy = await apiFaultProxy({ target: cluster.url, ca: readFileSync(cluster.caFile, 'utf8'), tls: serverTls() });
});
beforeEach(async () => {
  proxy.heal();
  namespace = await cluster.freshNamespace('approvers');
  const body = { apiVersion: 'awoooi.io/v1alpha1', kind: 'RepairRun', metadata: { name: 'run-1' }, spec: runSpec() };
  const { metadata } = storedRepairRun((await cluster.request(collection(), { method: 'POST', body })).body);
  run = { namespace, name: 'run-1', uid: metadata.uid };
});
afterAll(async () => {
  await Promise.all(clients.map(client => client.close()));
  await proxy.stop();
});

function approverWith(token: string): RunApprover {
  const client = kubeClient({ credentials: fixedCredentials({ server: proxy.url, token, tls: { ca: pem('ca') } }), userAgent: 'test' });
  clients.push(client);
  return kubernetesRunApprover(client, () => 0);
}

/** A user who may read and patch the runs of the namespace. */
async function approverOf(name: string): Promise<RunApprover> {
  const token = await cluster.serviceAccountToken(namespace, name);
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const rules = [{ apiGroups: ['awoooi.io'], resources: ['repairruns'], verbs: ['get', 'patch', 'approve'] }];
  await cluster.request(`${rbac}/roles`, { method: 'POST', body: { metadata: { name }, rules } });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
  const body = { metadata: { name }, roleRef, subjects: [{ kind: 'ServiceAccount', name, namespace }] };
  await cluster.request(`${rbac}/rolebindings`, { method: 'POST', body });
  await eventually(async () => (await cluster.request(`${collection()}/run-1`, { token })).status === 200);
  return approverWith(token);
}

async function setStatus(status: object): Promise<void> {
  const patch = { method: 'PATCH', body: { status }, contentType: 'application/merge-patch+json' };
  expect((await cluster.request(`${collection()}/run-1/status`, patch)).status).toBe(200);
}

it('knows who we are', async () => {
  const approver = await approverOf('mei');
  expect(await approver.whoAmI(soon())).toBe(user('mei'));
});

it('finds a run, also where its playbook may not be read', async () => {
  const approver = await approverOf('mei');
  const found = await approver.find(run, soon());
  expect([found?.run.spec.mode, found?.playbook]).toEqual(['Approve', undefined]);
  expect(await approver.find({ namespace, name: 'nowhere' }, soon())).toBeUndefined();
});

describe('an entry of spec.approvals', () => {
  it('is added beside those of others, and changed where it is ours', async () => {
    const [mei, omar] = [await approverOf('mei'), await approverOf('omar')];
    await mei.enter(run, { by: user('mei'), decision: 'Approve' }, soon());
    await omar.enter(run, { by: user('omar'), decision: 'Approve', reason: 'fine' }, soon());
    const written = await mei.enter(run, { by: user('mei'), decision: 'Reject' }, soon());
    expect(written?.spec.approvals).toEqual([
      { by: user('mei'), decision: 'Reject' },
      { by: user('omar'), decision: 'Approve', reason: 'fine' },
    ]);
  });

  it('is lost to none of those who write at once', async () => {
    const names = Array.from({ length: 6 }, (_, n) => `person-${n}`);
    const people = await Promise.all(names.map(async name => ({ by: user(name), approver: await approverOf(name) })));
    await Promise.all(people.map(({ by, approver }) => approver.enter(run, { by, decision: 'Approve' }, soon())));
    const found = await approverWith(cluster.adminToken).find(run, soon());
    expect(found?.run.spec.approvals.map(({ by }) => by).toSorted()).toEqual(names.map(user));
  });

  it('is written though the API server hesitates', async () => {
    const approver = await approverOf('mei');
    proxy.inject({ matches: ({ method }) => method === 'PATCH', times: 1, fault: { is: 'answer', status: 503 } });
    proxy.inject({ matches: ({ method }) => method === 'PATCH', times: 1, fault: { is: 'drop-answer' } });
    const written = await approver.enter(run, { by: user('mei'), decision: 'Approve' }, soon());
    expect(written?.spec.approvals).toEqual([{ by: user('mei'), decision: 'Approve' }]);
  });

  it('does not come to a namesake', async () => {
    const approver = approverWith(cluster.adminToken);
    expect(await approver.enter({ ...run, uid: 'another' }, { by: 'mei', decision: 'Approve' }, soon())).toBeUndefined();
    expect((await approver.find(run, soon()))?.run.spec.approvals).toEqual([]);
  });

  it('is refused in the words of the API server', async () => {
    const stranger = approverWith(await cluster.serviceAccountToken(namespace, 'stranger'));
    await expect(stranger.enter(run, { by: user('stranger'), decision: 'Approve' }, soon())).rejects.toMatchObject({ fault: 'forbidden' });
  });
});

it('follows a run through its changes until it is gone', async () => {
  const seen: (string | undefined)[] = [];
  for await (const { status } of approverWith(cluster.adminToken).follow(run, soon())) {
    seen.push(status?.phase);
    if (seen.length === 1) await setStatus({ phase: 'Running' });
    else if (seen.length === 2) await setStatus({ phase: 'Succeeded' });
    else await cluster.request(`${collection()}/run-1`, { method: 'DELETE' });
  }
  expect(seen).toEqual([undefined, 'Running', 'Succeeded']);
});
