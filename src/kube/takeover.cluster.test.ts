import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { faultyClient } from '../../test/builders/faulty-client.ts';
import { clientOf, lasting, type Running, type RunningOptions, runFrame } from '../../test/builders/kube-frame.ts';
import { type Thing, type ThrowawayKind, throwawayKind, throwawayResource } from '../../test/builders/throwaway-kind.ts';
import type { Cluster } from '../../test/parts/cluster.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { sharedControlPlane } from '../../test/parts/shared-control-plane.ts';
import type { KubeClient, KubeRequest } from './client.ts';
import type { Resource } from './controller.ts';

let cluster: Cluster;
let resource: Resource;
let kind: ThrowawayKind;
const running: Running[] = [];

beforeAll(async () => {
  cluster = await sharedControlPlane();
  resource = await throwawayResource(cluster);
});
beforeEach(async () => {
  kind = await throwawayKind(cluster, resource);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(frame => frame.stop()));
});

async function run(options: Omit<RunningOptions, 'kind'>): Promise<Running> {
  const frame = await runFrame({ kind, ...options });
  running.push(frame);
  return frame;
}

/** A replica whose cache is filled and that leads nothing. */
async function follower(options: Omit<RunningOptions, 'kind' | 'leadership'>): Promise<Running> {
  const leadership = lasting();
  leadership.end('it only follows');
  return run({ ...options, leadership });
}

/** Tells once, and records that it told. */
const telling =
  (told: string[]): RunningOptions['reconcile'] =>
  async (thing: Thing) => {
    if (thing.spec.value !== 'go' || thing.status?.deed !== undefined) return {};
    told.push(thing.metadata.name);
    return { status: { deed: 'told' } };
  };

const deed = async (name: string): Promise<boolean> => (await kind.read(name))?.status?.deed === 'told';

it('does not repeat what an earlier leader did, although the cache has not seen it', async () => {
  await kind.create('a', 'go');
  const told: string[] = [];
  const client = faultyClient(clientOf(cluster));
  const second = await follower({ client, reconcile: telling(told) });
  client.holdWatches();
  const first = await run({ client: clientOf(cluster), reconcile: telling(told) });
  await eventually(() => deed('a'));
  first.loseLeadership();
  second.lead();
  await eventually(() => second.turns.length > 0);
  expect(told).toEqual(['a']);
});

it('does not repeat it either where the object itself comes to the cache only later', async () => {
  const told: string[] = [];
  const client = faultyClient(clientOf(cluster));
  const second = await follower({ client, reconcile: telling(told) });
  const release = client.holdWatches();
  const first = await run({ client: clientOf(cluster), reconcile: telling(told) });
  await kind.create('a', 'go');
  await eventually(() => deed('a'));
  first.loseLeadership();
  second.lead();
  release();
  await eventually(() => second.turns.length > 0);
  expect(told).toEqual(['a']);
});

it('reads each object once that was there before it led, and none that is made afterwards', async () => {
  const asked: KubeRequest[] = [];
  const client = clientOf(cluster);
  const counting: KubeClient = {
    ...client,
    request(request) {
      if (request.method === 'GET' && request.query?.['limit'] !== '50') asked.push(request);
      return client.request(request);
    },
  };
  const before = ['a', 'b', 'c'];
  const after = ['d', 'e', 'f', 'g'];
  const reads = (): string[] => asked.map(({ path, query }) => `${path.split('/').at(-1)}${query ? '?limit=1' : ''}`).toSorted();
  // Something else is written meanwhile: what was written last of all is as new as the leadership.
  const timePasses = () => cluster.freshNamespace('later');
  for (const name of before) await kind.create(name, 'go');
  await timePasses();
  const told: string[] = [];
  const frame = await run({ client: counting, reconcile: telling(told) });
  await eventually(() => frame.statusWrites.filter(result => result === 'written').length === before.length);
  expect(reads()).toEqual([...before, 'things?limit=1']);
  for (const name of after) await kind.create(name, 'go');
  await eventually(() => frame.statusWrites.filter(result => result === 'written').length === before.length + after.length);
  expect(reads()).toEqual([...before, 'things?limit=1']);
  // The next stretch trusts nothing of the last.
  await timePasses();
  frame.loseLeadership();
  frame.lead();
  await eventually(() => reads().length === 2 * (before.length + 1) + after.length);
});

it('tries again when it cannot tell where its leadership began', async () => {
  await kind.create('a', 'go');
  const client = faultyClient(clientOf(cluster));
  client.dropAnswers(({ method, query }) => method === 'GET' && query?.['limit'] === '1', 1);
  const told: string[] = [];
  const frame = await run({ client, reconcile: telling(told) });
  await eventually(() => deed('a'));
  expect(frame.turns[0]).toBe('error');
  expect(told).toEqual(['a']);
});
