import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { faultyClient } from '../../test/builders/faulty-client.ts';
import { clientOf } from '../../test/builders/kube-frame.ts';
import type { Cluster } from '../../test/parts/cluster.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { sharedControlPlane } from '../../test/parts/shared-control-plane.ts';
import type { KubeClient } from './client.ts';
import { EventRecorder } from './events.ts';
import { isRecord } from './object.ts';
import type { Emission, KubeObject } from './reconcile.ts';

let cluster: Cluster;
let namespace: string;
let results: string[];
let clockMs: number;
const clients: KubeClient[] = [];

beforeAll(async () => {
  cluster = await sharedControlPlane();
});
beforeEach(async () => {
  namespace = await cluster.freshNamespace('events');
  results = [];
  clockMs = 0;
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

function recorder(client: KubeClient = clientOf(cluster)): EventRecorder {
  clients.push(client);
  return new EventRecorder({
    client,
    reportingController: 'awoooi.io/operator',
    reportingInstance: 'operator-0',
    now: () => new Date(),
    random: () => 0,
    monotonic: () => clockMs,
    metrics: { event: result => void results.push(result) },
  });
}

function thing(name = 'a'): KubeObject {
  const metadata = { name, namespace, uid: `uid-${name}`, generation: 1, resourceVersion: '1' };
  return { apiVersion: 'test.awoooi.io/v1', kind: 'Thing', metadata };
}

const broken = (message: string): Emission => ({ type: 'Warning', reason: 'Broken', message });

async function events(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { body } = await cluster.request(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`);
  return isRecord(body) && Array.isArray(body['items']) ? body['items'].filter(isRecord) : [];
}

describe('the recorder', () => {
  it('tells of an object, as events.k8s.io/v1', async () => {
    const sink = recorder();
    sink.emit(thing(), { ...broken('the hop paging failed'), action: 'Probe' });
    await sink.flush(10_000);
    expect(await events()).toEqual([
      expect.objectContaining({
        type: 'Warning',
        reason: 'Broken',
        action: 'Probe',
        note: 'the hop paging failed',
        reportingController: 'awoooi.io/operator',
        regarding: expect.objectContaining({ kind: 'Thing', name: 'a', namespace, uid: 'uid-a' }),
      }),
    ]);
    expect(results).toEqual(['written']);
  });

  it('counts equal ones in one Event', async () => {
    const sink = recorder();
    for (let n = 0; n < 3; n += 1) {
      sink.emit(thing(), broken('again'));
      await sink.flush(10_000);
    }
    expect(await events()).toEqual([expect.objectContaining({ note: 'again', series: expect.objectContaining({ count: 3 }) })]);
  });

  it('begins another Event when the first is ten minutes old, also where it goes on without a pause', async () => {
    const sink = recorder();
    for (const minutes of [0, 5, 9.9, 10, 11]) {
      clockMs = minutes * 60_000;
      sink.emit(thing(), broken('again'));
      await sink.flush(10_000);
    }
    const counts = (await events()).map(({ series }) => (isRecord(series) ? series['count'] : 1));
    expect([counts.length, new Set(counts)]).toEqual([2, new Set([3, 2])]);
  });

  it.each(['-', '.', '.-.'])('tells of an object whose long name has %s where it is cut', async mark => {
    const sink = recorder();
    sink.emit(thing(`${'a'.repeat(200 - mark.length)}${mark}b`), broken('a long name'));
    await sink.flush(10_000);
    expect(results).toEqual(['written']);
  });

  it('counts on when what it had stored is gone', async () => {
    const sink = recorder();
    sink.emit(thing(), broken('again'));
    await sink.flush(10_000);
    await cluster.request(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`, { method: 'DELETE' });
    await eventually(async () => (await events()).length === 0);
    sink.emit(thing(), broken('again'));
    await sink.flush(10_000);
    expect(await events()).toEqual([expect.objectContaining({ series: expect.objectContaining({ count: 2 }) })]);
  });

  it('writes 25 at once about one object, and others besides', async () => {
    const sink = recorder();
    for (let n = 0; n < 40; n += 1) sink.emit(thing(), broken(`number ${n}`));
    sink.emit(thing('b'), broken('the only one'));
    await sink.flush(20_000);
    const names = (await events()).map(event => (isRecord(event['regarding']) ? event['regarding']['name'] : undefined));
    expect([names.filter(name => name === 'a').length, names.filter(name => name === 'b').length]).toEqual([25, 1]);
    expect(results.filter(result => result === 'limited')).toHaveLength(15);
  });

  it('still tells what is new of an object of which something is repeated without end', async () => {
    const sink = recorder();
    for (let n = 0; n < 60; n += 1) {
      sink.emit(thing(), broken('again and again'));
      await sink.flush(10_000);
    }
    expect(results).toContain('limited');
    sink.emit(thing(), broken('news'));
    await sink.flush(10_000);
    expect((await events()).map(event => event['note'])).toContain('news');
  });

  it('cuts a message that is too long for an Event, between two characters', async () => {
    const sink = recorder();
    sink.emit(thing(), broken('é'.repeat(2000)));
    await sink.flush(10_000);
    expect(String((await events())[0]?.['note'])).toBe('é'.repeat(512));
  });

  it('tries again after a lost answer, and makes no second Event of it', async () => {
    const client = faultyClient(clientOf(cluster));
    client.dropAnswers(({ method }) => method === 'POST', 1);
    const sink = recorder(client);
    sink.emit(thing(), broken('lost and found'));
    await sink.flush(10_000);
    expect(await events()).toHaveLength(1);
    expect(results).toEqual(['written']);
  });

  it('gives up, and neither throws nor holds anyone up, when the API server refuses', async () => {
    const sink = recorder(clientOf({ ...cluster, adminToken: 'wrong' }));
    sink.emit(thing(), broken('nobody hears'));
    await eventually(() => results.length === 1);
    expect(results).toEqual(['failed']);
  });
});
