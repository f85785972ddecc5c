import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { Cluster } from './parts/cluster.ts';
import { installConfig } from './parts/install-config.ts';
import { sharedControlPlane } from './parts/shared-control-plane.ts';

const OWN = 'awoooi-system';
const Review = z.object({ status: z.object({ allowed: z.boolean() }) });

let cluster: Cluster;
let token: string;
let elsewhere: string;

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config');
  token = await cluster.serviceAccountToken(OWN, 'awoooi-operator');
  elsewhere = await cluster.freshNamespace('rbac');
});

interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly namespace: string;
}

/** What the API server itself says of the operator's ServiceAccount. */
async function allowed(access: Access): Promise<boolean> {
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: access } };
  const answer = await cluster.request('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { method: 'POST', body, token });
  return Review.parse(answer.body).status.allowed;
}

const probes = { group: 'awoooi.io', resource: 'alertchainprobes' };
const rules = { group: 'awoooi.io', resource: 'signozalertrules' };
const playbooks = { group: 'awoooi.io', resource: 'repairplaybooks' };
const runs = { group: 'awoooi.io', resource: 'repairruns' };
const leases = { group: 'coordination.k8s.io', resource: 'leases' };
const slices = { group: 'discovery.k8s.io', resource: 'endpointslices' };
const secrets = { group: '', resource: 'secrets' };

it.each([
  ...['get', 'list', 'watch'].map(verb => ({ ...probes, verb })),
  { ...probes, subresource: 'status', verb: 'patch' },
  ...['get', 'list', 'watch', 'patch'].map(verb => ({ ...rules, verb })),
  { ...rules, subresource: 'status', verb: 'patch' },
  ...['get', 'list', 'watch', 'create', 'patch'].map(verb => ({ ...playbooks, verb })),
  { ...playbooks, subresource: 'status', verb: 'patch' },
  ...['get', 'list', 'watch', 'create', 'delete'].map(verb => ({ ...runs, verb })),
  { ...runs, subresource: 'status', verb: 'patch' },
  { group: 'events.k8s.io', resource: 'events', verb: 'create' },
  { group: 'events.k8s.io', resource: 'events', verb: 'patch' },
  { ...secrets, verb: 'get' },
  ...['deployments', 'statefulsets', 'daemonsets'].map(resource => ({ group: 'apps', resource, verb: 'get' })),
])('may $verb $resource in any namespace', async access => {
  expect(await allowed({ ...access, namespace: elsewhere })).toBe(true);
});

it.each([
  { group: 'authentication.k8s.io', resource: 'tokenreviews' },
  { group: 'authorization.k8s.io', resource: 'subjectaccessreviews' },
])('may ask for $resource', async access => {
  expect(await allowed({ ...access, verb: 'create', namespace: '' })).toBe(true);
});

it.each(['get', 'create', 'update'])('may %s leases in its own namespace, and nowhere else', async verb => {
  expect(await allowed({ ...leases, verb, namespace: OWN })).toBe(true);
  expect(await allowed({ ...leases, verb, namespace: elsewhere })).toBe(false);
});

it('may list endpoint slices where the API server has its own, and nowhere else', async () => {
  expect(await allowed({ ...slices, verb: 'list', namespace: 'default' })).toBe(true);
  expect(await allowed({ ...slices, verb: 'list', namespace: elsewhere })).toBe(false);
  for (const verb of ['get', 'watch']) expect(await allowed({ ...slices, verb, namespace: 'default' })).toBe(false);
});

it("may get kube-system, whose uid is the cluster's identity, and no other namespace", async () => {
  const namespaces = { group: '', resource: 'namespaces', verb: 'get' };
  expect(await allowed({ ...namespaces, name: 'kube-system', namespace: 'kube-system' })).toBe(true);
  expect(await allowed({ ...namespaces, name: elsewhere, namespace: elsewhere })).toBe(false);
  for (const verb of ['list', 'watch', 'patch', 'delete']) expect(await allowed({ ...namespaces, verb, namespace: '' })).toBe(false);
});

it('may read and change the ConfigMap of the pause in its own namespace, and no other', async () => {
  const pause = { group: '', resource: 'configmaps', name: 'awoooi-repair-pause' };
  for (const verb of ['get', 'patch']) {
    expect(await allowed({ ...pause, verb, namespace: OWN })).toBe(true);
    expect(await allowed({ ...pause, verb, name: 'kube-root-ca.crt', namespace: OWN })).toBe(false);
    expect(await allowed({ ...pause, verb, namespace: elsewhere })).toBe(false);
  }
  expect(await allowed({ group: '', resource: 'configmaps', verb: 'create', namespace: OWN })).toBe(true);
  expect(await allowed({ group: '', resource: 'configmaps', verb: 'create', namespace: elsewhere })).toBe(false);
});

it.each([
  { ...secrets, verb: 'list' },
  { ...secrets, verb: 'watch' },
  { ...secrets, verb: 'create' },
  { ...probes, verb: 'create' },
  { ...probes, verb: 'patch' },
  { ...probes, verb: 'delete' },
  ...['create', 'update', 'delete', 'deletecollection'].map(verb => ({ ...rules, verb })),
  { ...rules, subresource: 'status', verb: 'update' },
  ...['update', 'delete', 'deletecollection'].map(verb => ({ ...playbooks, verb })),
  ...['approve', 'patch', 'update', 'deletecollection'].map(verb => ({ ...runs, verb })),
  { ...playbooks, subresource: 'status', verb: 'update' },
  { ...runs, subresource: 'status', verb: 'update' },
  { group: '', resource: 'pods', subresource: 'eviction', verb: 'create' },
  { group: 'apps', resource: 'deployments', verb: 'patch' },
  { group: '', resource: 'pods', verb: 'get' },
  { group: '', resource: 'configmaps', verb: 'get' },
  { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', verb: 'get' },
])('may not $verb $resource', async access => {
  expect(await allowed({ ...access, namespace: OWN })).toBe(false);
});
