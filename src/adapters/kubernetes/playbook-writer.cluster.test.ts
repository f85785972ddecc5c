import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { installConfig } from '../../../test/parts/install-config.ts';
import { pem, serverTls } from '../../../test/parts/certificates.ts';
import type { Cluster } from '../../../test/parts/cluster.ts';
import { kubectl } from '../../../test/parts/kubectl.ts';
import { sharedControlPlane } from '../../../test/parts/shared-control-plane.ts';
import { type ApiFaultProxy, apiFaultProxy, type Seen } from '../../../test/servers/api-fault-proxy.ts';
import type { LearnedObject, PlaybookWriter } from '../../domain/ports/playbook-writer.ts';
import type { KubeClient } from '../../kube/client.ts';
import { fixedCredentials } from '../../kube/credentials.ts';
import { isRecord } from '../../kube/object.ts';
import { kubeClient } from '../../kube/transport.ts';
import { kubernetesPlaybookWriter, LEARNING_MANAGER } from './playbook-writer.ts';

const NAME = 'restart-pod-v1-7000000000000000';

let cluster: Cluster;
let proxy: ApiFaultProxy;
let client: KubeClient;
let writer: PlaybookWriter;
let namespace: string;

const soon = (): AbortSignal => AbortSignal.timeout(15_000);
const isWrite = ({ method }: Seen): boolean => method === 'PATCH';

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  proxy = await apiFaultProxy({ target: cluster.url, ca: readFileSync(cluster.caFile, 'utf8'), tls: serverTls() });
  client = through(cluster.adminToken);
  writer = kubernetesPlaybookWriter(client);
});
beforeEach(async () => {
  namespace = await cluster.freshNamespace('learned');
});
afterEach(() => proxy.heal());
afterAll(async () => {
  await client.close();
  await proxy.stop();
});

function through(token: string): KubeClient {
  return kubeClient({ credentials: fixedCredentials({ server: proxy.url, token, tls: { ca: pem('ca') } }), userAgent: 'test' });
}

function learned(over: Partial<LearnedObject['spec']> = {}): LearnedObject {
  return {
    namespace,
    name: NAME,
    annotations: { 'awoooi.io/alertname': 'HighLatency' },
    spec: {
      match: { anomalyKey: 'v1-7000000000000000' },
      rootCause: 'a leak',
      description: 'Restarts it.',
      source: 'auto_learning',
      evidence: '5 of 5',
      steps: [{ action: 'restart_pod', target: { kind: 'Deployment', name: 'api' } }],
      mode: 'Suggest',
      ...over,
    },
  };
}

const RENEWED = { rootCause: 'the pool is too small', description: 'Restarts it, again.', evidence: '9 of 9' };

const write = (over: Partial<LearnedObject['spec']> = {}) => writer.write(learned(over), soon());

const path = (): string => `/apis/awoooi.io/v1alpha1/namespaces/${namespace}/repairplaybooks/${NAME}`;

async function stored(): Promise<{
  readonly spec: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}> {
  const { body } = await cluster.request(path());
  if (!isRecord(body) || !isRecord(body['spec']) || !isRecord(body['metadata'])) throw new Error(`no playbook: ${JSON.stringify(body)}`);
  return { spec: body['spec'], metadata: body['metadata'] };
}

/** As `kubectl edit` does: it takes the fields that it changes. */
async function edit(spec: object): Promise<void> {
  await kubectl(['-n', namespace, 'patch', 'repairplaybook', NAME, '--type=merge', '-p', JSON.stringify({ spec })], {
    kubeconfig: cluster.adminKubeconfig,
  });
}

/** As a GitOps tool does. */
async function applyFromGit(spec: object, flags: readonly string[] = []): Promise<void> {
  const object = { apiVersion: 'awoooi.io/v1alpha1', kind: 'RepairPlaybook', metadata: { name: NAME, namespace }, spec };
  const args = ['apply', '--server-side', '--field-manager=git', ...flags, '-f', '-'];
  await kubectl(args, { kubeconfig: cluster.adminKubeconfig, input: JSON.stringify(object) });
}

it('makes a playbook that bears its manager, with defaults for what is left out', async () => {
  expect(await write()).toBe('created');
  const { spec, metadata } = await stored();
  expect(spec).toMatchObject({
    mode: 'Suggest',
    source: 'auto_learning',
    rootCause: 'a leak',
    gitOps: 'Refuse',
    limits: { maxPerHour: 3 },
  });
  expect(metadata['annotations']).toEqual({ 'awoooi.io/alertname': 'HighLatency' });
  expect(metadata['managedFields']).toEqual([expect.objectContaining({ manager: LEARNING_MANAGER, operation: 'Apply' })]);
});

it('writes the same once, and renews the texts alone', async () => {
  await write();
  const { metadata } = await stored();
  expect(await write()).toBe('unchanged');
  expect((await stored()).metadata['resourceVersion']).toBe(metadata['resourceVersion']);
  expect(await write({ ...RENEWED, mode: 'Automatic', steps: [{ action: 'rollback', target: { kind: 'Deployment', name: 'api' } }] })).toBe(
    'updated',
  );
  const { spec, metadata: after } = await stored();
  expect(spec).toMatchObject({
    ...RENEWED,
    mode: 'Suggest',
    steps: [{ action: 'restart_pod' }],
    match: { anomalyKey: 'v1-7000000000000000' },
  });
  expect(after['annotations']).toEqual({ 'awoooi.io/alertname': 'HighLatency' });
});

describe('what a person has edited', () => {
  it('stays, and the rest is renewed', async () => {
    await write();
    await edit({ rootCause: 'what I say', mode: 'Approve', limits: { maxPerHour: 1 } });
    expect(await write(RENEWED)).toBe('updated');
    const { spec } = await stored();
    expect(spec).toMatchObject({ ...RENEWED, rootCause: 'what I say', mode: 'Approve', limits: { maxPerHour: 1 } });
  });

  it('stays removed', async () => {
    await write();
    await edit({ rootCause: null, evidence: null });
    await write(RENEWED);
    const { spec } = await stored();
    expect([spec['description'], 'rootCause' in spec, 'evidence' in spec]).toEqual([RENEWED.description, false, false]);
  });

  it('stays also within what we gave', async () => {
    await write();
    await edit({
      steps: [
        { action: 'restart_pod', target: { kind: 'Deployment', name: 'api' }, parameters: {} },
        { action: 'notify_team', parameters: { text: 'look' } },
      ],
    });
    await write(RENEWED);
    expect((await stored()).spec['steps']).toHaveLength(2);
  });
});

describe('what is in Git', () => {
  it('is adopted by Git as it was exported, and is not written any more', async () => {
    await write();
    const { spec } = await stored();
    await applyFromGit(spec);
    expect(await write(RENEWED)).toBe('unchanged');
    expect((await stored()).spec).toMatchObject({ rootCause: 'a leak', mode: 'Suggest' });
    await applyFromGit({ ...spec, mode: 'Approve' }, ['--force-conflicts']);
    await write(RENEWED);
    expect((await stored()).spec['mode']).toBe('Approve');
  });

  it('is left alone where it was there first, as learned or as manual', async () => {
    await applyFromGit({ ...learned().spec, rootCause: 'ours' });
    expect(await write()).toBe('unchanged');
    await edit({ source: 'manual' });
    expect(await write(RENEWED)).toBe('manual');
    expect((await stored()).spec['rootCause']).toBe('ours');
  });

  it('wins also where it comes between our look and our write', async () => {
    const git = applyFromGit.bind(undefined, { ...learned().spec, source: 'manual', rootCause: 'ours' });
    const racing = kubernetesPlaybookWriter(interrupted(git));
    expect(await racing.write(learned(), soon())).toBe('manual');
    expect((await stored()).spec).toMatchObject({ source: 'manual', rootCause: 'ours' });
  });

  it.each([
    ['edits', 'what I say'],
    ['removes', null],
  ])('wins also where a person %s a field between our look and our renewal', async (_, rootCause) => {
    await write();
    const racing = kubernetesPlaybookWriter(interrupted(() => edit({ rootCause })));
    expect(await racing.write(learned(RENEWED), soon())).toBe('updated');
    const { spec } = await stored();
    expect([spec['rootCause'] ?? null, spec['description']]).toEqual([rootCause, RENEWED.description]);
  });
});

/** A client of somebody else's who writes right before our first write. */
function interrupted(others: () => Promise<void>): KubeClient {
  let waits = true;
  return {
    ...client,
    async request(request) {
      if (request.method === 'PATCH' && waits) {
        waits = false;
        await others();
      }
      return client.request(request);
    },
  };
}

describe('killed', () => {
  it.each([
    ['before the write', { is: 'reset' }, 'created'],
    ['after it', { is: 'drop-answer' }, 'unchanged'],
  ] as const)('%s, there is one playbook in the end', async (_, fault, next) => {
    proxy.inject({ matches: isWrite, times: 1, fault });
    await expect(write()).rejects.toMatchObject({ fault: 'unreachable' });
    expect(await write()).toBe(next);
    const list = await kubectl(['-n', namespace, 'get', 'repairplaybooks', '-o', 'name'], { kubeconfig: cluster.adminKubeconfig });
    expect(list.trim().split('\n')).toHaveLength(1);
  });
});

describe('where it may not write', () => {
  it('says that there is no such namespace', async () => {
    namespace = 'there-is-none';
    const message = expect.stringMatching(/writing RepairPlaybook there-is-none\/.*not found/);
    await expect(write()).rejects.toMatchObject({ fault: 'rejected', statusCode: 404, message });
  });

  it('says that it is forbidden', async () => {
    const nobody = through(await cluster.serviceAccountToken(namespace, 'nobody'));
    await expect(kubernetesPlaybookWriter(nobody).write(learned(), soon())).rejects.toMatchObject({ fault: 'forbidden' });
    await nobody.close();
  });
});

it.each([
  ['names it', NAME, true],
  ['names it among others', `other, ${NAME}`, true],
  ['names another', `${NAME}-2`, false],
  ['is not there', undefined, false],
])('where awoooi.io/learn-again %s, the answer is %s', async (_, value, expected) => {
  if (value !== undefined)
    await kubectl(['annotate', 'namespace', namespace, `awoooi.io/learn-again=${value}`], { kubeconfig: cluster.adminKubeconfig });
  expect(await writer.mayLearnAgain({ namespace, name: NAME }, soon())).toBe(expected);
});
