import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ConfigMaps, configMaps } from '../../test/parts/configmap-trial.ts';
import type { Cluster } from '../../test/parts/cluster.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { sharedControlPlane } from '../../test/parts/shared-control-plane.ts';
import type { KubeClient } from './client.ts';
import { fixedCredentials } from './credentials.ts';
import type { Priority } from './ready-keys.ts';
import { type Reflectors, reflectNamespaces } from './reflectors.ts';
import { objectStore, type Store } from './store.ts';
import { kubeClient } from './transport.ts';

let cluster: Cluster;
let client: KubeClient;
let store: Store<string>;
let spaces: readonly [ConfigMaps, ConfigMaps, ConfigMaps];
const ended: AbortController[] = [];
const runs: Promise<void>[] = [];

beforeEach(async () => {
  cluster = await sharedControlPlane();
  store = objectStore();
  spaces = [await configMaps(cluster), await configMaps(cluster), await configMaps(cluster)];
  client = clientOf(cluster.adminToken);
});
afterEach(async () => {
  for (const one of ended.splice(0)) one.abort();
  await Promise.all(runs.splice(0));
  await client.close();
});

const clientOf = (token: string): KubeClient => {
  const tls = { ca: readFileSync(cluster.caFile, 'utf8') };
  return kubeClient({ credentials: fixedCredentials({ server: cluster.url, token, tls }), userAgent: 'test' });
};

function follow(namespaces: readonly string[]): Reflectors {
  const reflectors = reflectNamespaces({
    client,
    resource: { group: '', version: 'v1', plural: 'configmaps' },
    query: { labelSelector: 'trial=yes' },
    namespaces,
    store,
    keep: ({ metadata }) => metadata.name,
    observer: { listed: () => undefined, watching: () => undefined, failed: () => undefined },
  });
  const end = new AbortController();
  ended.push(end);
  runs.push(reflectors.run(end.signal));
  return reflectors;
}

const counts = (): number[] => spaces.map(({ namespace }) => store.keys().filter(key => key.startsWith(`${namespace}/`)).length);

it('fills one store from several namespaces and from no other', async () => {
  const reflectors = follow([spaces[0].namespace, spaces[1].namespace, spaces[1].namespace]);
  expect([reflectors.hasSynced, reflectors.lastActivity]).toEqual([false, undefined]);
  await reflectors.synced;
  expect([reflectors.hasSynced, typeof reflectors.lastActivity, counts()]).toEqual([true, 'number', [3, 3, 0]]);
  await spaces[1].write('new', 'added');
  await spaces[2].write('new', 'added');
  await eventually(() => store.get(`${spaces[1].namespace}/new`) === 'new');
  expect(counts()).toEqual([3, 4, 0]);
});

it('follows all namespaces when none is named', async () => {
  await follow([]).synced;
  expect(counts()).toEqual([3, 3, 3]);
});

it('waits for no namespace that it may not read, and takes it in once it may: what was there before is no change', async () => {
  const [mine, other] = [spaces[0].namespace, spaces[1].namespace];
  await client.close();
  client = clientOf(await cluster.serviceAccountToken(mine, 'reader'));
  await letRead(mine, mine);
  const reflectors = follow([mine, other]);
  await reflectors.answered;
  await eventually(() => counts()[0] === 3);
  expect([reflectors.hasSynced, counts()]).toEqual([false, [3, 0, 0]]);
  const levels: Priority[] = [];
  store.subscribe((_, priority) => levels.push(priority));
  await letRead(other, mine);
  await eventually(() => reflectors.hasSynced, { withinMs: 40_000 });
  expect(counts()).toEqual([3, 3, 0]);
  expect(levels).toEqual(['low', 'low', 'low']);
});

async function letRead(namespace: string, of: string): Promise<void> {
  const { status } = await cluster.request(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
    method: 'POST',
    body: {
      metadata: { name: 'reads' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', namespace: of, name: 'reader' }],
    },
  });
  expect(status).toBe(201);
}
