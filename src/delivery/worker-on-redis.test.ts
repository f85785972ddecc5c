import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import type { Part } from '../../test/parts/part.ts';
import { startRedis } from '../../test/parts/redis.ts';
import { connectRedis, type RedisConnection } from '../adapters/redis/connection.ts';
import { redisOutbox } from '../adapters/redis/incidents/outbox.ts';
import { redisIncidentStore } from '../adapters/redis/incidents/store.ts';
import { workBell } from '../domain/incidents/work-bell.ts';
import type { IncidentStore, Ingest } from '../domain/ports/incident-store.ts';
import type { Outbox } from '../domain/ports/outbox.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Delivered, DeliveryChannel } from './channel.ts';
import { type DeliveryWorkers, deliveryWorkers, type WorkerLimits } from './worker.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const DELIVERED: Delivered = { is: 'delivered', memo: {} };
const log: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => log };

let part: Part;
let redis: RedisConnection;
let incidents: IncidentStore;
let outbox: Outbox;
let running: DeliveryWorkers[];

beforeEach(async () => {
  part = await startRedis({ appendOnly: true });
  redis = connectRedis({ url: part.url });
  await redis.ready(soon());
  const bell = workBell();
  incidents = redisIncidentStore({ redis, bell, replica: 'r', reopenWithinMs: 60_000, retentionMs: 3_600_000 });
  outbox = redisOutbox({ redis, bell });
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map(each => each.close()));
  redis.close();
  await part.stop();
});

interface Start {
  readonly deliver: DeliveryChannel['deliver'];
  readonly consumer?: string;
  readonly giveUpAfterMs?: number;
  readonly limits?: Partial<WorkerLimits>;
}

function started({ deliver, consumer = 'c1', giveUpAfterMs = 3_600_000, limits = {} }: Start): DeliveryWorkers {
  const workers = deliveryWorkers({
    outbox,
    incidents,
    channels: [{ name: 'webhook', deliver }],
    metrics: { outcome: () => {}, took: () => {}, open: () => {} },
    log,
    random: Math.random,
    consumer,
    giveUpAfterMs,
    limits: { lookEveryMs: 100, ...limits },
  });
  running.push(workers);
  workers.start();
  return workers;
}

const idOf = (n: number): string => `inc-${String(n % 16).padStart(2, '0')}-${String(n).padStart(13, '0')}`;

/** An alert of the n-th anomaly; the same one again with another occurrence is a change of its incident. */
function alert(n: number, occurrence = '1'): Ingest {
  const anomalyKey = `v1-${(n % 16).toString(16)}${String(n).padStart(15, '0')}`;
  const told = { onOpen: ['webhook'], onChange: ['webhook'], later: [] };
  const labels = { alertname: 'A', n: `${n}` };
  return {
    alert: {
      source: 'alertmanager',
      status: 'firing',
      name: 'A',
      anomalyKey,
      fingerprint: `f${n}`,
      occurrence,
      severity: 'warning',
      labels,
      annotations: {},
      links: {},
    },
    newId: idOf(n),
    told,
    settleMs: 0,
  };
}

const waiting = async (): Promise<number> => (await outbox.depth(soon())).waiting;
const empty = async (): Promise<boolean> => (await waiting()) === 0;
const stateOf = async (n: number) => (await incidents.find(idOf(n), soon()))?.deliveries.find(({ channel }) => channel === 'webhook');

it('delivers each incident, whichever of two replicas it falls to, and in order: never two of one at a time, the newest last', async () => {
  const overlaps: string[] = [];
  const under = new Set<string>();
  const told = new Map<string, number[]>();
  const deliver: DeliveryChannel['deliver'] = async ({ incident: { id, revision } }) => {
    if (under.has(id)) overlaps.push(id);
    under.add(id);
    await new Promise(resolve => setImmediate(resolve));
    told.set(id, [...(told.get(id) ?? []), revision]);
    under.delete(id);
    return DELIVERED;
  };
  started({ deliver });
  started({ deliver, consumer: 'c2' });
  const some = Array.from({ length: 100 }, (_, n) => n);
  for (const occurrence of ['1', '2', '3'])
    await incidents.ingest(
      some.map(n => alert(n, occurrence)),
      soon(),
    );
  await eventually(empty, { withinMs: 30_000 });
  expect(overlaps).toEqual([]);
  for (const n of some) {
    const revisions = told.get(idOf(n)) ?? [];
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    expect(revisions.at(-1)).toBe((await incidents.find(idOf(n), soon()))?.revision);
  }
});

it('tries again with what was remembered, and says in the incident what failed', async () => {
  const memos: object[] = [];
  started({
    deliver: async job => {
      memos.push(job.work.memo);
      if (memos.length > 1) return { is: 'delivered', memo: { message: '7' } };
      await job.remember({ text: 'once' });
      throw new PortError('unavailable', 'the receiver answered 503');
    },
  });
  await incidents.ingest([alert(1)], soon());
  await eventually(async () => (await stateOf(1))?.reason === 'the receiver answered 503');
  await eventually(async () => (await stateOf(1))?.state === 'delivered');
  expect(memos).toEqual([{}, { text: 'once' }]);
  expect(await stateOf(1)).toMatchObject({ state: 'delivered', memo: { message: '7' } });
});

it('gives up after its time into the dead letters, from where it can be sent again', async () => {
  let mended = false;
  started({
    giveUpAfterMs: 1,
    deliver: async () => {
      if (mended) return DELIVERED;
      throw new PortError('unauthorized', 'the token was revoked');
    },
  });
  await incidents.ingest([alert(2)], soon());
  await eventually(async () => (await outbox.depth(soon())).dead === 1);
  expect(await outbox.dead(10, soon())).toMatchObject([{ incidentId: idOf(2), channel: 'webhook', reason: 'the token was revoked' }]);
  mended = true;
  expect(await outbox.retryDead({}, soon())).toBe(1);
  await eventually(async () => (await stateOf(2))?.state === 'delivered');
});

it('claims what a dead replica left, with its memo, but nothing of one that is only slow', async () => {
  const limits = { claimAfterMs: 1_500, actWithinMs: 60_000 };
  await incidents.ingest([alert(3), alert(4)], soon());
  const [left] = await outbox.take(3, { consumer: 'dead', count: 1, claimAfterMs: 1_500 }, soon());
  if (!left) throw new Error('there was work in partition 3');
  await outbox.remember(left, { text: 'once' }, soon());
  const { promise: gate, resolve: release } = Promise.withResolvers<void>();
  const seen: string[] = [];
  const deliver: DeliveryChannel['deliver'] = async ({ incident, work }) => {
    seen.push(`${incident.id} ${JSON.stringify(work.memo)}`);
    if (incident.id === idOf(4)) await gate;
    return DELIVERED;
  };
  started({ deliver, limits });
  started({ deliver, consumer: 'c2', limits });
  await eventually(async () => (await stateOf(3))?.state === 'delivered');
  // Several times as long as a silent replica would have kept it.
  const until = performance.now() + 4_000;
  await eventually(() => performance.now() > until);
  release();
  await eventually(empty);
  expect(seen.toSorted()).toEqual([`${idOf(3)} {"text":"once"}`, `${idOf(4)} {}`]);
});

it('loses nothing when Redis is killed and comes back in the middle, nor when the replica closes and another one starts', async () => {
  const told = new Set<string>();
  const deliver: DeliveryChannel['deliver'] = async ({ incident }) => {
    await new Promise(resolve => setImmediate(resolve));
    told.add(incident.id);
    return DELIVERED;
  };
  const limits = { claimAfterMs: 3_000, perChannel: 2, patienceMs: 200 };
  const first = started({ deliver, limits });
  await incidents.ingest(
    Array.from({ length: 400 }, (_, n) => alert(n)),
    soon(),
  );
  await eventually(() => told.size > 50);
  await part.kill9();
  await part.restart();
  await redis.ready(soon());
  await first.close();
  started({ deliver, consumer: 'c2', limits });
  await eventually(async () => told.size === 400 && (await empty()), { withinMs: 60_000, everyMs: 250 });
  expect(told.size).toBe(400);
});
