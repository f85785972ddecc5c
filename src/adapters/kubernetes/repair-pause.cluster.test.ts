import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pem, serverTls } from '../../../test/parts/certificates.ts';
import type { Cluster } from '../../../test/parts/cluster.ts';
import { sharedControlPlane } from '../../../test/parts/shared-control-plane.ts';
import { type ApiFaultProxy, apiFaultProxy } from '../../../test/servers/api-fault-proxy.ts';
import type { RepairPause } from '../../domain/ports/repair-pause.ts';
import type { KubeClient } from '../../kube/client.ts';
import { fixedCredentials } from '../../kube/credentials.ts';
import { kubeClient } from '../../kube/transport.ts';
import { kubernetesRepairPause } from './repair-pause.ts';

let cluster: Cluster;
let proxy: ApiFaultProxy;
let client: KubeClient;
let namespace: string;
let clock: Date;
let pause: RepairPause;

const soon = (): AbortSignal => AbortSignal.timeout(15_000);

beforeAll(async () => {
  cluster = await sharedControlPlane();
  proxy = await apiFaultProxy({ target: cluster.url, ca: readFileSync(cluster.caFile, 'utf8'), tls: serverTls() });
  client = kubeClient({
    credentials: fixedCredentials({ server: proxy.url, token: cluster.adminToken, tls: { ca: pem('ca') } }),
    userAgent: 'test',
  });
});
beforeEach(async () => {
  proxy.heal();
  namespace = await cluster.freshNamespace('pause');
  clock = new Date('2026-03-29T02:00:00Z');
  pause = kubernetesRepairPause({ client, namespace, now: () => clock });
});
afterAll(async () => {
  await client.close();
  await proxy.stop();
});

const MEI = 'system:serviceaccount:shop:mei';
const namesOf = async (): Promise<string[]> => (await pause.requests(soon())).map(({ by }) => by).toSorted();

async function patch(data: object): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/awoooi-repair-pause`;
  const answer = await cluster.request(path, { method: 'PATCH', body: { data }, contentType: 'application/merge-patch+json' });
  expect(answer.status).toBe(200);
}

it('is asked for by nobody at first', async () => {
  expect(await pause.requests(soon())).toEqual([]);
  expect(await pause.withdraw(MEI, soon())).toBe(false);
});

it('is one request for each person, with the newer reason and since when it was first made', async () => {
  const since = clock;
  await pause.request({ by: MEI, reason: 'a migration' }, soon());
  clock = new Date(since.getTime() + 60_000);
  await pause.request({ by: MEI, reason: 'a longer migration' }, soon());
  await pause.request({ by: 'omar@example.com', reason: 'an audit' }, soon());
  expect((await pause.requests(soon())).toSorted((a, b) => (a.by < b.by ? -1 : 1))).toEqual([
    { by: 'omar@example.com', reason: 'an audit', since: clock },
    { by: MEI, reason: 'a longer migration', since },
  ]);
});

it('holds until each has withdrawn their own', async () => {
  await pause.request({ by: MEI, reason: 'x' }, soon());
  await pause.request({ by: 'omar@example.com', reason: 'y' }, soon());
  expect(await pause.withdraw(MEI, soon())).toBe(true);
  expect(await pause.withdraw(MEI, soon())).toBe(false);
  expect(await namesOf()).toEqual(['omar@example.com']);
  expect(await pause.withdraw('omar@example.com', soon())).toBe(true);
  expect(await pause.requests(soon())).toEqual([]);
});

it('loses nobody of many who ask and withdraw at once, also where the ConfigMap is yet to be made', async () => {
  const people = Array.from({ length: 10 }, (_, n) => `person ${n}@example.com`);
  await Promise.all(people.map(by => pause.request({ by, reason: 'x' }, soon())));
  expect(await namesOf()).toEqual(people);
  await Promise.all(people.slice(0, 5).map(by => pause.withdraw(by, soon())));
  expect(await namesOf()).toEqual(people.slice(5));
});

it.each([
  ['with letters of other scripts', '美@例え.jp'],
  ['that look alike once escaped', 'a_3a'],
  ['of dots', '..'],
  ['longer than a key', `${'長'.repeat(80)}@example.com`],
])('takes names %s', async (_, by) => {
  await pause.request({ by, reason: 'x' }, soon());
  await pause.request({ by: 'a:', reason: 'x' }, soon());
  expect(await namesOf()).toEqual([by, 'a:'].toSorted());
  expect(await pause.withdraw(by, soon())).toBe(true);
});

it('holds for what somebody wrote by hand, and ends by the name of its key', async () => {
  await pause.request({ by: MEI, reason: 'x' }, soon());
  await patch({ omar: 'do not touch anything' });
  expect(await namesOf()).toEqual(['omar', MEI]);
  expect(await pause.withdraw('omar', soon())).toBe(true);
  expect(await namesOf()).toEqual([MEI]);
});

describe('fails', () => {
  it.each([
    [403, 'forbidden'],
    [500, 'unavailable'],
  ])('where the API server answers %i, and never says that nobody asks', async (status, fault) => {
    proxy.inject({ matches: () => true, fault: { is: 'answer', status } });
    await expect(pause.requests(soon())).rejects.toMatchObject({ name: 'PortError', fault });
    await expect(pause.request({ by: MEI, reason: 'x' }, soon())).rejects.toMatchObject({ name: 'PortError', fault });
    await expect(pause.withdraw(MEI, soon())).rejects.toMatchObject({ name: 'PortError', fault });
  });
});
