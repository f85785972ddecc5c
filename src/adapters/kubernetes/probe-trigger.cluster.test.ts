import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pem, serverTls } from '../../../test/parts/certificates.ts';
import type { Cluster } from '../../../test/parts/cluster.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { installConfig } from '../../../test/parts/install-config.ts';
import { sharedControlPlane } from '../../../test/parts/shared-control-plane.ts';
import { type ApiFaultProxy, apiFaultProxy, type Seen } from '../../../test/servers/api-fault-proxy.ts';
import type { ProbeTrigger } from '../../domain/ports/probe-trigger.ts';
import type { KubeClient } from '../../kube/client.ts';
import { fixedCredentials } from '../../kube/credentials.ts';
import { kubeClient } from '../../kube/transport.ts';
import { kubernetesProbeTrigger } from './probe-trigger.ts';

let cluster: Cluster;
let proxy: ApiFaultProxy;
let client: KubeClient;
let trigger: ProbeTrigger;
let probe: { readonly namespace: string; readonly name: string };

const soon = (): AbortSignal => AbortSignal.timeout(15_000);
const isRead = ({ method }: Seen): boolean => method === 'GET';
const isPatch = ({ method }: Seen): boolean => method === 'PATCH';

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  proxy = await apiFaultProxy({ target: cluster.url, ca: readFileSync(cluster.caFile, 'utf8'), tls: serverTls() });
  const credentials = fixedCredentials({ server: proxy.url, token: cluster.adminToken, tls: { ca: pem('ca') } });
  client = kubeClient({ credentials, userAgent: 'test' });
  trigger = kubernetesProbeTrigger(client, Math.random);
});
beforeEach(async () => {
  probe = { namespace: await cluster.freshNamespace('trigger'), name: 'paging' };
  await create();
});
afterEach(() => proxy.heal());
afterAll(async () => {
  await client.close();
  await proxy.stop();
});

const collection = (): string => `/apis/awoooi.io/v1alpha1/namespaces/${probe.namespace}/alertchainprobes`;

async function create(): Promise<void> {
  const body = {
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'AlertChainProbe',
    metadata: { name: probe.name },
    spec: { schedule: { every: '5m' }, target: { url: 'http://127.0.0.1:1' }, hops: [{ name: 'api', type: 'Health' }] },
  };
  expect((await cluster.request(collection(), { method: 'POST', body })).status).toBe(201);
}

async function merge(body: object, subresource = ''): Promise<void> {
  const path = `${collection()}/${probe.name}${subresource}`;
  const { status } = await cluster.request(path, { method: 'PATCH', body, contentType: 'application/merge-patch+json' });
  expect(status).toBe(200);
}

/** A status as the operator writes it: proven for one generation, with Ready decided for another. */
function proven(generation: number, decidedFor = generation): Promise<void> {
  const ready = { type: 'Ready', status: 'True', reason: 'AllHopsPassed', message: 'ok', lastTransitionTime: new Date().toISOString() };
  const conditions = [{ ...ready, observedGeneration: decidedFor }];
  return merge({ status: { runToken: 'whoever', provenGeneration: generation, conditions } }, '/status');
}

async function asked(token: string) {
  const answer = await trigger.setRunToken(probe, token, soon());
  if (!answer) throw new Error('there is no probe to ask');
  return answer;
}

/** Whether a wait has ended by now: it looks at least once more, after everything that was written before. */
async function stillWaiting(waiting: Promise<unknown>): Promise<boolean> {
  let ended = false;
  void waiting.then(() => (ended = true));
  const before = proxy.seen.filter(isRead).length;
  await eventually(() => ended || proxy.seen.filter(isRead).length >= before + 2);
  return !ended;
}

describe('a run', () => {
  it('is awaited until one has ended that is of the generation that was asked for', async () => {
    const { generation, suspended, ...run } = await asked('v2');
    expect([generation, suspended]).toEqual([2, false]);
    const waiting = trigger.waitFor(probe, { ...run, generation, suspended }, soon());
    await proven(1);
    expect(await stillWaiting(waiting)).toBe(true);
    await proven(2);
    expect(await waiting).toMatchObject({ is: 'ended', probe: { spec: { runToken: 'v2' } } });
  });

  it('counts for both of two who asked at once, though the later token took the place of the earlier', async () => {
    const [first, second] = [await asked('of-the-first'), await asked('of-the-second')];
    const waits = [trigger.waitFor(probe, first, soon()), trigger.waitFor(probe, second, soon())];
    await proven(3);
    for (const awaited of await Promise.all(waits)) expect(awaited.is).toBe('ended');
  });

  it('does not end the wait where Ready already says that a newer one is awaited', async () => {
    const first = await asked('of-the-first');
    await asked('of-the-second');
    await proven(2, 3);
    const waiting = trigger.waitFor(probe, first, soon());
    expect(await stillWaiting(waiting)).toBe(true);
    await proven(3);
    expect((await waiting).is).toBe('ended');
  });
});

describe('what passes by itself', () => {
  it.each([
    ['an answer 429', { is: 'answer', status: 429, headers: { 'retry-after': '1' } }],
    ['an answer 500', { is: 'answer', status: 500 }],
    ['a reset', { is: 'reset' }],
  ] as const)('does not end a wait: %s', async (_, fault) => {
    const run = await asked('v2');
    await proven(2);
    proxy.inject({ matches: isRead, times: 2, fault });
    expect((await trigger.waitFor(probe, run, soon())).is).toBe('ended');
  });

  it('does not keep the token from being set, and sets it once', async () => {
    proxy.inject({ matches: isPatch, times: 1, fault: { is: 'answer', status: 503 } });
    proxy.inject({ matches: isPatch, times: 1, fault: { is: 'drop-answer' } });
    expect((await asked('v2')).generation).toBe(2);
  });

  it('is told where it lasted until time was up', async () => {
    const run = await asked('v2');
    proxy.inject({ matches: isRead, fault: { is: 'answer', status: 503 } });
    const awaited = await trigger.waitFor(probe, run, AbortSignal.timeout(700));
    expect(awaited).toMatchObject({ is: 'pending', failure: { fault: 'unavailable' } });
    proxy.inject({ matches: isPatch, fault: { is: 'answer', status: 503 } });
    await expect(trigger.setRunToken(probe, 'v3', AbortSignal.timeout(700))).rejects.toMatchObject({ fault: 'unavailable' });
  });
});

describe('what no waiting mends', () => {
  it.each([401, 403])('is told at once: an answer %i', async status => {
    const run = await asked('v2');
    proxy.inject({ matches: isRead, fault: { is: 'answer', status } });
    await expect(trigger.waitFor(probe, run, soon())).rejects.toMatchObject({ name: 'PortError', statusCode: status });
  });

  it('is that there is no such probe, or not any more', async () => {
    const run = await asked('v2');
    expect(await trigger.setRunToken({ ...probe, name: 'nowhere' }, 'v2', soon())).toBeUndefined();
    expect(await trigger.waitFor({ ...probe, name: 'nowhere' }, run, soon())).toEqual({ is: 'gone' });
    expect((await cluster.request(`${collection()}/${probe.name}`, { method: 'DELETE' })).status).toBe(200);
    await create();
    expect(await trigger.waitFor(probe, run, soon())).toEqual({ is: 'gone' });
  });

  it('is that the probe is suspended', async () => {
    const run = await asked('v2');
    const waiting = trigger.waitFor(probe, run, soon());
    await merge({ spec: { suspend: true } });
    expect(await waiting).toEqual({ is: 'suspended' });
    expect((await asked('v3')).suspended).toBe(true);
  });
});

it('ends with time', async () => {
  expect(await trigger.waitFor(probe, await asked('v2'), AbortSignal.timeout(700))).toEqual({ is: 'pending' });
});
