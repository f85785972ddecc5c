import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type FaultyClient, faultyClient } from '../../test/builders/faulty-client.ts';
import { clientOf, quiet } from '../../test/builders/kube-frame.ts';
import type { Cluster } from '../../test/parts/cluster.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { sharedControlPlane } from '../../test/parts/shared-control-plane.ts';
import { type KubeClient, KubeError } from './client.ts';
import type { Leadership } from './controller.ts';
import { LeaseElection, type LeaseTimes } from './lease.ts';
import { isRawObject, isRecord } from './object.ts';

/** So long that only a release, never a lapse, can free the lease within a test. */
const LONG: LeaseTimes = { durationMs: 120_000, renewDeadlineMs: 60_000, retryPeriodMs: 1_000 };
const AWAY = new KubeError('the API server is away', { reason: 'Unreachable' });

let cluster: Cluster;
let namespace: string;
let client: FaultyClient;
let stop: AbortController;
let running: Promise<void>;

beforeAll(async () => {
  cluster = await sharedControlPlane();
});
beforeEach(async () => {
  namespace = await cluster.freshNamespace('renewal');
  client = faultyClient(clientOf(cluster));
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await running;
  await client.close();
});

interface Competing {
  readonly terms: Leadership[];
  failures: number;
}

function compete(times: LeaseTimes, by: KubeClient = client): Competing {
  const competing: Competing = { terms: [], failures: 0 };
  const metrics = { leading() {}, transition() {}, renewFailure: () => void (competing.failures += 1) };
  const who = { namespace, name: 'mine', identity: 'me', now: () => new Date(), random: Math.random };
  running = new LeaseElection({ client: by, ...who, times, metrics, log: quiet }).run(stop.signal, async (over, leadership) => {
    competing.terms.push(leadership);
    await eventually(() => over.aborted, { withinMs: 120_000 });
  });
  return competing;
}

const leases = (): string => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;

interface Stored {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly holder: unknown;
}

async function stored(): Promise<Stored> {
  const { body } = await cluster.request(`${leases()}/mine`);
  if (!isRawObject(body) || !isRecord(body['spec'])) throw new Error('there is no lease');
  return { metadata: body.metadata, holder: body['spec']['holderIdentity'] };
}

async function made(metadata: object, spec: object): Promise<void> {
  const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'mine', ...metadata }, spec };
  expect((await cluster.request(leases(), { method: 'POST', body })).status).toBe(201);
}

it('is given back also when the stop comes while a renewal is stored and not yet answered', async () => {
  const { terms } = compete(LONG);
  await eventually(() => terms.length === 1);
  const { resourceVersion } = (await stored()).metadata;
  client.delayAnswers(500);
  await eventually(async () => (await stored()).metadata['resourceVersion'] !== resourceVersion);
  stop.abort();
  await running;
  expect((await stored()).holder).toBe('');
});

it('is given back also when the answer to the last renewal was lost', async () => {
  const competing = compete(LONG);
  await eventually(() => competing.terms.length === 1);
  client.dropAnswers(({ method }) => method === 'PUT', 1);
  await eventually(() => competing.failures === 1);
  stop.abort();
  await running;
  expect((await stored()).holder).toBe('');
});

it('keeps what others have put on the Lease', async () => {
  const { metadata } = await owner();
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: metadata.name, uid: metadata['uid'] }];
  const kept = { labels: { team: 'a' }, annotations: { why: 'b' }, ownerReferences };
  await made(kept, {});
  const { terms } = compete(LONG);
  await eventually(() => terms.length === 1);
  expect(await stored()).toMatchObject({ metadata: kept, holder: 'me' });
  stop.abort();
  await running;
  expect(await stored()).toMatchObject({ metadata: kept, holder: '' });
});

async function owner() {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owner' } };
  const answer = await cluster.request(`/api/v1/namespaces/${namespace}/configmaps`, { method: 'POST', body });
  if (!isRawObject(answer.body)) throw new Error('no owner was made');
  return answer.body;
}

it('waits for a foreign holder as long as that one asks, where it asks for longer than we would', async () => {
  await made({}, { holderIdentity: 'foreign', leaseDurationSeconds: 5 });
  const started = performance.now();
  const { terms } = compete({ durationMs: 1_000, renewDeadlineMs: 800, retryPeriodMs: 200 });
  await eventually(() => terms.length === 1, { withinMs: 30_000 });
  expect(performance.now() - started).toBeGreaterThanOrEqual(5_000);
});

it('ends its term counted from when the last renewal was sent, not from when it was answered', async () => {
  const times = { durationMs: 10_000, renewDeadlineMs: 4_000, retryPeriodMs: 500 };
  let [sentAt, renewals] = [0, 0];
  const timed: KubeClient = {
    ...client,
    async request(asked) {
      const sent = performance.now();
      const answer = await client.request(asked);
      if (asked.method === 'PUT') [sentAt, renewals] = [sent, renewals + 1];
      return answer;
    },
  };
  client.delayAnswers(1_500);
  const { terms } = compete(times, timed);
  await eventually(() => renewals === 1, { withinMs: 20_000 });
  client.refuse(() => true, Number.POSITIVE_INFINITY, AWAY);
  await eventually(() => terms[0]?.signal.aborted, { withinMs: 20_000 });
  expect(performance.now() - sentAt).toBeLessThan(times.renewDeadlineMs + 1_000);
});
