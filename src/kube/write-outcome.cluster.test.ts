import { afterEach, beforeAll, expect, it } from 'vitest';
import { faultyClient } from '../../test/builders/faulty-client.ts';
import { clientOf, type Running, runFrame } from '../../test/builders/kube-frame.ts';
import { throwawayKind, throwawayResource } from '../../test/builders/throwaway-kind.ts';
import type { Cluster } from '../../test/parts/cluster.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { sharedControlPlane } from '../../test/parts/shared-control-plane.ts';
import { type KubeClient, KubeError, type KubeRequest } from './client.ts';

let cluster: Cluster;
let running: Running | undefined;

beforeAll(async () => {
  cluster = await sharedControlPlane();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const ofStatus = ({ path }: KubeRequest): boolean => path.endsWith('/status');

it('takes a status that the schema refuses for a failure, not for a change by others', async () => {
  const seen = { type: 'string', maxLength: 3 };
  const status = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { seen } };
  const kind = await throwawayKind(cluster, await throwawayResource(cluster, { status }));
  await kind.create('a', 'one');
  const client = clientOf(cluster);
  const asked: KubeRequest[] = [];
  const counting: KubeClient = {
    ...client,
    request(request) {
      asked.push(request);
      return client.request(request);
    },
  };
  running = await runFrame({ kind, client: counting, reconcile: async thing => ({ status: { seen: thing.spec.value } }) });
  await eventually(async () => (await kind.read('a'))?.status?.seen === 'one');
  const [turns, requests] = [running.turns.length, asked.length];
  await kind.want('a', 'too long');
  const more = await eventually(() => {
    const later = running?.turns.slice(turns) ?? [];
    return later.length > 0 && later;
  });
  expect(more).toEqual(['error']);
  expect(asked.slice(requests).filter(ofStatus)).toHaveLength(1);
});

it('waits as long as the API server asks before it writes again', async () => {
  const kind = await throwawayKind(cluster, await throwawayResource(cluster));
  await kind.create('a', 'one');
  const client = faultyClient(clientOf(cluster));
  const RETRY_AFTER_MS = 2_000;
  client.refuse(ofStatus, 1, new KubeError('too many', { status: 429, reason: 'TooManyRequests', retryAfterMs: RETRY_AFTER_MS }));
  const at: number[] = [];
  running = await runFrame({
    kind,
    client,
    async reconcile(thing) {
      at.push(performance.now());
      return { status: { seen: thing.spec.value } };
    },
  });
  await eventually(async () => (await kind.read('a'))?.status?.seen === 'one');
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(RETRY_AFTER_MS);
});

it('takes finalizers that were decided on an older object for a conflict, and decides again', async () => {
  const kind = await throwawayKind(cluster, await throwawayResource(cluster));
  await kind.create('a', 'one');
  const finalizers = ['test.awoooi.io/claim'];
  let turns = 0;
  running = await runFrame({
    kind,
    client: clientOf(cluster),
    async reconcile() {
      turns += 1;
      if (turns === 1) await kind.annotate('a', { changed: 'meanwhile' });
      return { finalizers };
    },
  });
  await eventually(async () => (await kind.read('a'))?.metadata.finalizers?.length === 1);
  expect(running.turns[0]).toBe('conflict');
});

/** A client, and the requests that went through it. */
function watched(client: KubeClient): { readonly client: KubeClient; readonly asked: readonly KubeRequest[] } {
  const asked: KubeRequest[] = [];
  return {
    asked,
    client: {
      ...client,
      request(request) {
        asked.push(request);
        return client.request(request);
      },
    },
  };
}

it('claims an object without a word in its status, which the turn that follows at once writes', async () => {
  const kind = await throwawayKind(cluster, await throwawayResource(cluster));
  await kind.create('a', 'one');
  const { client, asked } = watched(clientOf(cluster));
  const finalizers = ['test.awoooi.io/claim'];
  running = await runFrame({
    kind,
    client,
    async reconcile(thing) {
      if (!thing.metadata.finalizers) return { finalizers, requeueAfterMs: 0 };
      return { status: { seen: thing.spec.value } };
    },
  });
  await eventually(async () => (await kind.read('a'))?.status?.seen === 'one');
  expect(asked.filter(({ method }) => method === 'PATCH').map(ofStatus)).toEqual([false, true]);
});

it('writes nothing of a turn that could decide nothing yet', async () => {
  const kind = await throwawayKind(cluster, await throwawayResource(cluster));
  await kind.create('a', 'one');
  const { client, asked } = watched(clientOf(cluster));
  let turns = 0;
  running = await runFrame({
    kind,
    client,
    async reconcile(thing) {
      turns += 1;
      return turns < 3 ? { undecided: true, requeueAfterMs: 0, conditions: {} } : { status: { seen: thing.spec.value } };
    },
  });
  await eventually(async () => (await kind.read('a'))?.status?.seen === 'one');
  expect(asked.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
});

it('tells on an object that it lets go what became of what it stood for', async () => {
  const kind = await throwawayKind(cluster, await throwawayResource(cluster));
  await kind.create('a', 'one');
  const finalizers = ['test.awoooi.io/claim'];
  const told: string[] = [];
  running = await runFrame({
    kind,
    client: clientOf(cluster),
    change: { events: { emit: (_, { reason }) => void told.push(reason) } },
    async reconcile({ metadata }) {
      if (metadata.deletionTimestamp === undefined) return { finalizers };
      return { finalizers: [], events: [{ type: 'Normal', reason: 'Released', message: 'It is gone.' }] };
    },
  });
  await eventually(async () => (await kind.read('a'))?.metadata.finalizers?.length === 1);
  await kind.remove('a');
  await eventually(async () => (await kind.read('a')) === undefined);
  expect(told).toEqual(['Released']);
});
