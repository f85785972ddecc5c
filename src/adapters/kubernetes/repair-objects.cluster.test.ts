import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { installConfig } from '../../../test/parts/install-config.ts';
import { runSpec } from '../../../test/builders/waiting-run.ts';
import { pem, serverTls } from '../../../test/parts/certificates.ts';
import type { Cluster } from '../../../test/parts/cluster.ts';
import { sharedControlPlane } from '../../../test/parts/shared-control-plane.ts';
import { type ApiFaultProxy, apiFaultProxy, type Seen } from '../../../test/servers/api-fault-proxy.ts';
import { storedRepairPlaybook, type StoredRepairPlaybook } from '../../crds/repairplaybook/stored.ts';
import { storedRepairRun, type StoredRepairRun } from '../../crds/repairrun/stored.ts';
import type { RepairObjects } from '../../domain/ports/repair-objects.ts';
import type { KubeClient } from '../../kube/client.ts';
import { fixedCredentials } from '../../kube/credentials.ts';
import { kubeClient } from '../../kube/transport.ts';
import { kubernetesRepairObjects } from './repair-objects.ts';

let cluster: Cluster;
let proxy: ApiFaultProxy;
let client: KubeClient;
let objects: RepairObjects;
let namespace: string;
const cached: { runs: StoredRepairRun[]; playbooks: StoredRepairPlaybook[] } = { runs: [], playbooks: [] };

const soon = (): AbortSignal => AbortSignal.timeout(15_000);
const at = new Date('2026-03-29T02:00:00Z');
const name = 'restart-checkout-1';
const isStatusPatch = ({ method, path }: Seen): boolean => method === 'PATCH' && path.includes('/status');

function objectsOver(over: KubeClient, namespaces: readonly string[] = []): RepairObjects {
  const caches = { playbooks: { list: () => cached.playbooks }, runs: { list: () => cached.runs } };
  return kubernetesRepairObjects({ client: over, ...caches, namespaces, now: () => at });
}

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  proxy = await apiFaultProxy({ target: cluster.url, ca: readFileSync(cluster.caFile, 'utf8'), tls: serverTls() });
  const credentials = fixedCredentials({ server: proxy.url, token: cluster.adminToken, tls: { ca: pem('ca') } });
  client = kubeClient({ credentials, userAgent: 'test' });
  objects = objectsOver(client);
});
beforeEach(async () => {
  proxy.heal();
  namespace = await cluster.freshNamespace('runs');
});
afterAll(async () => {
  await client.close();
  await proxy.stop();
});

const path = (): string => `/apis/awoooi.io/v1alpha1/namespaces/${namespace}/repairruns/${name}`;

async function live(): Promise<StoredRepairRun> {
  return storedRepairRun((await cluster.request(path())).body);
}

async function setStatus(status: object): Promise<void> {
  const patch = { method: 'PATCH', body: { status }, contentType: 'application/merge-patch+json' };
  expect((await cluster.request(`${path()}/status`, patch)).status).toBe(200);
}

const wanted = (spec: object = {}) => ({ namespace, name, playbook: 'restart-checkout', spec: runSpec(spec) });

/** One that waits for its approval. */
async function waiting(): Promise<{ namespace: string; name: string; uid: string }> {
  await objects.create(wanted(), soon());
  await setStatus({ phase: 'AwaitingApproval', approvalId: 'rr-0123456789abcdef0123' });
  return { namespace, name, uid: (await live()).metadata.uid };
}

const yes = { by: 'mei', via: 'api', decision: 'Approve' } as const;
const no = { by: 'mei', via: 'api', decision: 'Reject' } as const;

describe('create', () => {
  it('makes a run once, with the labels by which it is listed', async () => {
    expect(await objects.create(wanted(), soon())).toBe(true);
    expect(await objects.create(wanted(), soon())).toBe(false);
    const { metadata, spec } = await live();
    expect(metadata.labels).toEqual({ 'awoooi.io/playbook': 'restart-checkout', 'awoooi.io/incident': 'inc-07-3f9c0a1b2c4d5' });
    expect(spec).toMatchObject({ playbookRef: { name: 'restart-checkout' }, mode: 'Approve' });
  });

  it('takes a playbook whose name is longer than a label may be', async () => {
    const playbook = `${'a'.repeat(62)}.b`;
    expect(await objects.create({ ...wanted({ playbookRef: { name: playbook } }), playbook }, soon())).toBe(true);
    expect((await live()).metadata.labels?.['awoooi.io/playbook']).toBe('a'.repeat(62));
  });

  it('says so where a namesake was made for something else', async () => {
    await objects.create(wanted({ incidentId: 'inc-01-aaaaaaaaaaaaa' }), soon());
    await expect(objects.create(wanted(), soon())).rejects.toMatchObject({
      fault: 'rejected',
      message: expect.stringContaining('delete it'),
    });
  });

  it('says what the API server refuses', async () => {
    await expect(objects.create({ ...wanted(), name: 'Not A Name' }, soon())).rejects.toMatchObject({ fault: 'rejected', statusCode: 422 });
  });
});

describe('decide', () => {
  it('records who decided what, when and how that is proven', async () => {
    const run = await waiting();
    expect(await objects.decide(run, { ...yes, reason: 'looks right', name: 'Mei' }, soon())).toBe('recorded');
    expect((await live()).status?.approvals).toEqual([{ ...yes, reason: 'looks right', name: 'Mei', time: at.toISOString() }]);
  });

  it('keeps one entry for each person, the latest', async () => {
    const run = await waiting();
    expect(await objects.decide(run, yes, soon())).toBe('recorded');
    expect(await objects.decide(run, yes, soon())).toBe('repeated');
    expect(await objects.decide(run, { ...no, by: 'omar' }, soon())).toBe('recorded');
    expect(await objects.decide(run, no, soon())).toBe('recorded');
    expect(await objects.decide(run, { ...no, reason: 'not today' }, soon())).toBe('recorded');
    const { approvals = [] } = (await live()).status ?? {};
    expect(approvals.map(({ by, decision, reason }) => [by, decision, reason])).toEqual([
      ['mei', 'Reject', 'not today'],
      ['omar', 'Reject', undefined],
    ]);
  });

  it('loses none of many who decide at once', async () => {
    const run = await waiting();
    const people = Array.from({ length: 8 }, (_, n) => `person-${n}`);
    const answers = await Promise.all([...people, ...people].map(by => objects.decide(run, { ...yes, by }, soon())));
    expect(answers.filter(answer => answer === 'recorded')).toHaveLength(people.length);
    expect((await live()).status?.approvals?.map(({ by }) => by).toSorted()).toEqual(people);
  });

  it('is late from the moment on at which the run expires, though its controller has not said so', async () => {
    const run = await waiting();
    await setStatus({ expiresAt: new Date(at.getTime() + 1).toISOString() });
    expect(await objects.decide(run, yes, soon())).toBe('recorded');
    await setStatus({ expiresAt: at.toISOString() });
    expect(await objects.decide(run, yes, soon())).toBe('repeated');
    expect(await objects.decide(run, { ...yes, by: 'omar' }, soon())).toBe('late');
    expect((await live()).status?.approvals).toHaveLength(1);
  });

  it('is late once the run no longer waits, and repeated where it was recorded before', async () => {
    const run = await waiting();
    await objects.decide(run, yes, soon());
    await setStatus({ phase: 'Running' });
    expect(await objects.decide(run, no, soon())).toBe('late');
    expect(await objects.decide(run, { ...yes, by: 'omar' }, soon())).toBe('late');
    expect(await objects.decide(run, yes, soon())).toBe('repeated');
    expect((await live()).status?.approvals).toHaveLength(1);
  });

  it('never comes to a run that stops waiting after it was read', async () => {
    const run = await waiting();
    const expiresMeanwhile: KubeClient['request'] = async asked => {
      const answer = await client.request(asked);
      if (asked.method === 'GET') await setStatus({ phase: 'Expired' });
      return answer;
    };
    expect(await objectsOver({ ...client, request: expiresMeanwhile }).decide(run, yes, soon())).toBe('late');
    expect((await live()).status?.approvals).toBeUndefined();
  });

  it('is repeated where the answer to the first was lost', async () => {
    const run = await waiting();
    proxy.inject({ matches: isStatusPatch, times: 1, fault: { is: 'drop-answer' } });
    await expect(objects.decide(run, yes, soon())).rejects.toMatchObject({ fault: 'unreachable' });
    expect(await objects.decide(run, yes, soon())).toBe('repeated');
  });

  it('misses a run that is gone, and one that was made anew under its name', async () => {
    const run = await waiting();
    await objects.remove(run, soon());
    expect(await objects.decide(run, yes, soon())).toBe('missing');
    await waiting();
    expect(await objects.decide(run, yes, soon())).toBe('missing');
    expect((await live()).status?.approvals).toBeUndefined();
  });
});

describe('answer', () => {
  const helped = { by: 'telegram:7', helped: true };
  const asked = { index: 1, action: 'manual_intervention', effectTime: at.toISOString() };
  const restarted = { index: 0, action: 'restart_pod', effectTime: at.toISOString(), deed: { time: at.toISOString(), result: 'Done' } };

  it('stands on the step that waits for people, the first word of all', async () => {
    const run = await waiting();
    expect(await objects.answer(run, helped, soon())).toBe('late');
    await setStatus({ phase: 'Running', steps: [restarted, asked] });
    expect(await objects.answer(run, helped, soon())).toBe('recorded');
    expect(await objects.answer(run, helped, soon())).toBe('repeated');
    expect(await objects.answer(run, { ...helped, helped: false }, soon())).toBe('late');
    expect(await objects.answer(run, { ...helped, by: 'omar' }, soon())).toBe('late');
    expect((await live()).status?.steps).toEqual([restarted, { ...asked, answer: { ...helped, time: at.toISOString() } }]);
  });

  it.each([
    ['is not told to people yet', { index: 0, action: 'manual_intervention' }],
    ['is none of theirs', { index: 0, action: 'restart_pod', effectTime: at.toISOString() }],
  ])('does not come to a step that %s', async (_, step) => {
    const run = await waiting();
    await setStatus({ phase: 'Running', steps: [step] });
    expect(await objects.answer(run, helped, soon())).toBe('late');
  });
});

it('removes the run of a uid and no namesake, and forgives that it is gone', async () => {
  const first = await waiting();
  await objects.remove(first, soon());
  await objects.remove(first, soon());
  const second = await waiting();
  await objects.remove(first, soon());
  expect((await live()).metadata.uid).toBe(second.uid);
});

describe('runsNow', () => {
  it('are all that there are by now, in the namespaces that are looked after', async () => {
    await waiting();
    const elsewhere = await cluster.freshNamespace('runs');
    await objects.create({ ...wanted(), namespace: elsewhere }, soon());
    const of = async (namespaces: readonly string[]) => {
      const found = await objectsOver(client, namespaces).runsNow(soon());
      return found
        .filter(run => [namespace, elsewhere].includes(run.metadata.namespace))
        .map(({ metadata, spec }) => [metadata.namespace, spec.mode]);
    };
    expect(await of([namespace])).toEqual([[namespace, 'Approve']]);
    expect(await of([elsewhere, namespace])).toHaveLength(2);
    expect(await of([])).toHaveLength(2);
  });

  it('fail rather than leave any out', async () => {
    proxy.inject({ matches: ({ method }) => method === 'GET', fault: { is: 'answer', status: 500 } });
    await expect(objects.runsNow(soon())).rejects.toMatchObject({ name: 'PortError', fault: 'unavailable' });
  });
});

describe('what the caches hold', () => {
  const meta = { namespace: 'shop', uid: 'u', generation: 1, resourceVersion: '1' };
  const stored = (named: string, spec: object) => ({ apiVersion: 'awoooi.io/v1alpha1', metadata: { ...meta, name: named }, spec });

  it('is given with all defaults, each version read once, and without what is not valid', () => {
    cached.runs = [
      storedRepairRun({ ...stored('good', { ...runSpec(), mode: undefined }), kind: 'RepairRun' }),
      storedRepairRun({ ...stored('bad', { playbookRef: 7 }), kind: 'RepairRun' }),
    ];
    const [first, ...others] = objects.runs();
    expect([first?.metadata.name, first?.spec.mode, others]).toEqual(['good', 'Approve', []]);
    expect(objects.runs()[0]).toBe(first);
    cached.runs = cached.runs.map(run => ({ ...run }));
    expect(objects.runs()[0]).not.toBe(first);
  });

  it('is given of playbooks as well', () => {
    const steps = [{ action: 'restart_pod', target: { kind: 'Deployment', name: 'checkout' } }];
    cached.playbooks = [
      storedRepairPlaybook({ ...stored('good', { match: { alertname: 'HighLatency' }, steps }), kind: 'RepairPlaybook' }),
      storedRepairPlaybook({ ...stored('bad', {}), kind: 'RepairPlaybook' }),
    ];
    expect(objects.playbooks().map(({ metadata, spec }) => [metadata.name, spec.mode])).toEqual([['good', 'Approve']]);
  });
});
