import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ingestOf, newAnomaly, NOBODY, start } from '../../../../test/builders/ingest.ts';
import { elapsed } from '../../../../test/parts/elapsed.ts';
import { eventually } from '../../../../test/parts/eventually.ts';
import type { Part } from '../../../../test/parts/part.ts';
import { startRedis } from '../../../../test/parts/redis.ts';
import { NAMED_WITHIN_MS } from '../../../domain/incidents/judgement.ts';
import { partitionOf } from '../../../domain/incidents/partition.ts';
import type { Ingest, Told } from '../../../domain/ports/incident-store.ts';
import { connectRedis, type RedisConnection } from '../connection.ts';
import { redisIncidents } from './incidents.ts';

const soon = (): AbortSignal => AbortSignal.timeout(30_000);
const RETENTION_MS = 3_600_000;
const MONTH_MS = 30 * 86_400_000;
const TOLD: Told = { onOpen: ['telegram', 'webhook'], onChange: ['telegram'], later: [{ channel: 'telegram-repeat', afterMs: 60_000 }] };

let part: Part;
let ours: RedisConnection;
let theirs: RedisConnection;

beforeAll(async () => {
  part = await startRedis({ appendOnly: true });
  ours = connectRedis({ url: part.url });
  theirs = connectRedis({ url: part.url });
});

afterAll(async () => {
  ours.close();
  theirs.close();
  await part.stop();
});

beforeEach(async () => {
  await Promise.all([ours.ready(soon()), theirs.ready(soon())]);
  await ours.commands.call('FLUSHALL');
});

const made = (redis: RedisConnection, replica: string) =>
  redisIncidents({ redis, replica, reopenWithinMs: 1000, retentionMs: RETENTION_MS });
const told = (over: Parameters<typeof ingestOf>[0] = {}, rest: Partial<Ingest> = {}): Ingest => ingestOf(over, { told: TOLD, ...rest });
const call = (command: string, ...args: (string | number)[]): Promise<unknown> => ours.commands.call(command, ...args);
const keys = async (): Promise<string[]> =>
  String(await call('KEYS', '*'))
    .split(',')
    .filter(Boolean)
    .toSorted();
const limit = (bytes: number) => call('CONFIG', 'SET', 'maxmemory', bytes);
const prefix = (anomalyKey: string): string => `{p${String(partitionOf(anomalyKey)).padStart(2, '0')}}`;

describe('two replicas', () => {
  it('that get the same alerts at once make one occurrence of each', async () => {
    const [a, b] = [made(ours, 'a'), made(theirs, 'b')];
    const body = Array.from({ length: 300 }, (_, n) => told({ anomalyKey: newAnomaly(), fingerprint: `f${n}` }));
    const theirBody = body.map(each => ({ ...each, newId: ingestOf({ anomalyKey: each.alert.anomalyKey }).newId }));
    const both = await Promise.all([a.incidents.ingest(body, soon()), b.incidents.ingest(theirBody, soon())]);
    for (const n of body.keys()) {
      const answers = both.map(answers => answers[n]);
      expect(new Set(answers.map(answer => answer?.is))).toEqual(new Set(['accepted', 'deduplicated']));
      const [first, second] = answers.map(answer => answer?.is !== 'ignored' && answer?.incidentId);
      expect(first).toBe(second);
    }
    expect((await a.outbox.depth(soon())).waiting).toBe(600);
  });

  it('trace who took an alert and who saw it again', async () => {
    const alert = told();
    await made(ours, 'a').incidents.ingest([alert], soon());
    await made(theirs, 'b').incidents.ingest([alert], soon());
    const traced = await made(ours, 'a').incidents.trace(alert.alert.fingerprint, soon());
    expect(traced.map(({ replica, outcome }) => `${replica} ${outcome}`)).toEqual(['b deduplicated', 'a accepted']);
  });
});

it('takes 10,000 alerts in one call, in order', async () => {
  const { incidents } = made(ours, 'a');
  const one = newAnomaly();
  const body = Array.from({ length: 10_000 }, (_, n) =>
    told({ anomalyKey: n % 2 === 0 ? one : newAnomaly(), fingerprint: `f${n}`, startsAt: start() }),
  );
  const answers = await incidents.ingest(body, soon());
  expect(answers.map(({ is }) => is)).toEqual(Array(10_000).fill('accepted'));
  const id = body[0]?.newId ?? '';
  expect(await incidents.find(id, soon())).toMatchObject({ occurrences: 5000, firing: 5000, frequency: { last1h: 5000 } });
});

it('opens an incident anew that was forgotten by age while its alert still fires', async () => {
  const { incidents } = made(ours, 'a');
  const alert = told();
  await incidents.ingest([alert], soon());
  await call('DEL', ...(await keys()).filter(key => key.includes(`:incident:${alert.newId}`)));
  const repeat = { ...alert, newId: told({ anomalyKey: alert.alert.anomalyKey }).newId };
  expect(await incidents.ingest([repeat, repeat], soon())).toMatchObject([
    { is: 'accepted', incidentId: repeat.newId, isNew: true },
    { is: 'deduplicated', incidentId: repeat.newId },
  ]);
  expect(await incidents.find(repeat.newId, soon())).toMatchObject({ firing: 1, occurrences: 1, frequency: { last30d: 1 } });
});

describe('a Redis that is full', () => {
  it('takes nothing by halves, lets work be done, and goes on when there is room', async () => {
    const { incidents, outbox } = made(ours, 'a');
    const before = told();
    const waiting = told({ anomalyKey: newAnomaly(partitionOf(before.alert.anomalyKey)) });
    await incidents.ingest([before, waiting], soon());
    const held = await keys();
    const anew = told({ anomalyKey: before.alert.anomalyKey, startsAt: start(5) });
    await limit(1);
    try {
      for (const alert of [anew, told(), told({ ...before.alert, status: 'resolved' })]) {
        await expect(incidents.ingest([alert], soon())).rejects.toMatchObject({
          fault: 'unavailable',
          message: expect.stringContaining('OOM'),
        });
      }
      await expect(incidents.acknowledge(before.newId, { who: 'ann', tell: ['telegram'] }, soon())).rejects.toMatchObject({
        fault: 'unavailable',
      });
      const by = { consumer: 'a', count: 10, claimAfterMs: 60_000 };
      const work = await outbox.take(partitionOf(before.alert.anomalyKey), by, soon());
      expect(work).toHaveLength(4);
      for (const [n, each] of work.entries()) {
        await outbox.remember(each, { n: `${n}` }, soon());
        if (n === 0) await outbox.done(each, { state: 'delivered', revision: 1, memo: {} }, soon());
        if (n === 1) await outbox.giveUp(each, 'no', soon());
        if (n > 1) await outbox.again(each, { afterMs: 0, reason: 'no' }, soon());
      }
      expect(await outbox.take(partitionOf(before.alert.anomalyKey), by, soon())).toHaveLength(2);
      expect(await incidents.find(before.newId, soon())).toMatchObject({ revision: 1, occurrences: 1, firing: 1, status: 'open' });
    } finally {
      await limit(0);
    }
    expect((await keys()).filter(key => !held.includes(key) && !key.endsWith(':dead'))).toEqual([]);
    expect(await incidents.ingest([anew], soon())).toMatchObject([{ is: 'accepted', incidentId: before.newId, isNew: false }]);
    expect(await incidents.find(before.newId, soon())).toMatchObject({ revision: 2, occurrences: 2, firing: 1 });
  });

  it('does not open the next incident by halves, which begins with a deletion', async () => {
    const { incidents } = redisIncidents({ redis: ours, replica: 'a', reopenWithinMs: -1, retentionMs: RETENTION_MS });
    const first = told();
    const again = told({ ...first.alert, startsAt: start(9) });
    await incidents.ingest([first, told({ ...first.alert, status: 'resolved' })], soon());
    await limit(1);
    await expect(incidents.ingest([again], soon())).rejects.toMatchObject({ fault: 'unavailable' });
    await limit(0);
    expect(await incidents.ingest([told({ ...first.alert, status: 'resolved' })], soon())).toMatchObject([
      { is: 'deduplicated', incidentId: first.newId },
    ]);
    expect(await incidents.ingest([again], soon())).toMatchObject([{ isNew: true, incidentId: again.newId }]);
  });
});

describe('a Redis that is away', () => {
  it('is said to be, and what it had taken is there after a kill', async () => {
    const { incidents, outbox } = made(ours, 'a');
    const body = Array.from({ length: 20 }, () => told());
    await incidents.ingest(body, soon());
    await call('CONFIG', 'SET', 'appendfsync', 'always');
    await incidents.ingest([told()], soon());
    await part.kill9();
    await expect(incidents.ingest([told()], soon())).rejects.toMatchObject({ fault: 'unavailable' });
    await expect(outbox.take(0, { consumer: 'a', count: 1, claimAfterMs: 1 }, soon())).rejects.toMatchObject({ fault: 'unavailable' });
    await part.restart();
    await ours.ready(soon());
    // The scripts are gone with the process.
    expect((await incidents.ingest(body, soon())).map(({ is }) => is)).toEqual(Array(20).fill('deduplicated'));
    expect(await outbox.depth(soon())).toMatchObject({ waiting: 42 });
  });
});

describe('what is kept', () => {
  it('has the key that users know, and a lifetime wherever it belongs to an incident', async () => {
    const { incidents, outbox } = made(ours, 'a');
    const alert = told({ requestId: 'r1', fingerprint: 'f8', startsAt: start() });
    const { anomalyKey } = alert.alert;
    await incidents.ingest([alert], soon());
    await incidents.ingest([told({ anomalyKey, fingerprint: 'f9' })], soon());
    await incidents.ingest([told({ anomalyKey, fingerprint: 'f9', status: 'resolved' })], soon());
    await outbox.take(partitionOf(anomalyKey), { consumer: 'a', count: 10, claimAfterMs: 1000 }, soon());
    const timeline = `${prefix(anomalyKey)}:anomaly:timeline:${anomalyKey}`;
    expect(await call('ZRANGE', timeline, 0, -1)).toEqual([`f8|${start().getTime()}`, `f9|${start().getTime()}`]);
    const all = await keys();
    const tag = `awoooi:${prefix(anomalyKey)}`;
    const shared = ['delayed', 'incidents', 'incidents:open', 'outbox', 'waiting'].map(name => `${tag}:${name}`);
    expect(all).toEqual(expect.arrayContaining([timeline, ...shared]));
    expect(all.filter(key => key !== timeline && !key.startsWith(`${tag}:`))).toEqual([]);
    for (const key of shared) expect([key, await call('PTTL', key)]).toEqual([key, -1]);
    for (const key of all.filter(each => !shared.includes(each))) {
      expect([key, Number(await call('PTTL', key)) > RETENTION_MS - 60_000]).toEqual([key, true]);
    }
    expect(Number(await call('PTTL', timeline))).toBeGreaterThan(MONTH_MS - 60_000);
  });

  it('of an occurrence goes after a month, and beyond 10,000 of them', async () => {
    const { incidents } = made(ours, 'a');
    const anomalyKey = newAnomaly();
    const id = (await incidents.ingest([ingestOf({ anomalyKey })], soon()))[0];
    const timeline = `${prefix(anomalyKey)}:anomaly:timeline:${anomalyKey}`;
    const now = Date.now();
    const ago = (days: number, n: number): [number, string] => [now - days * 86_400_000, `old|${days}-${n}`];
    await call('ZADD', timeline, ...[ago(31, 0), ago(29, 0), ago(6, 0), ago(0.5, 0)].flat());
    await incidents.ingest([ingestOf({ anomalyKey, fingerprint: 'f2' })], soon());
    if (!id || id.is !== 'accepted') throw new Error('it was accepted');
    expect((await incidents.find(id.incidentId, soon()))?.frequency).toEqual({ last1h: 2, last24h: 3, last7d: 4, last30d: 5 });
    for (let n = 0; n < 10; n += 1) await call('ZADD', timeline, ...Array.from({ length: 1000 }, (_, m) => ago(20, n * 1000 + m)).flat());
    await incidents.ingest([ingestOf({ anomalyKey, fingerprint: 'f3' })], soon());
    expect(await call('ZCARD', timeline)).toBe(10_000);
    expect((await incidents.find(id.incidentId, soon()))?.frequency).toEqual({ last1h: 3, last24h: 4, last7d: 5, last30d: 10_000 });
  });

  it('of an occurrence without a name takes one for a few minutes', async () => {
    const { incidents } = made(ours, 'a');
    const anomalyKey = newAnomaly();
    const timeline = `${prefix(anomalyKey)}:anomaly:timeline:${anomalyKey}`;
    const come = async (occurrence?: string) =>
      (await incidents.ingest([ingestOf({ anomalyKey, startsAt: undefined, ...(occurrence !== undefined && { occurrence }) })], soon()))[0]
        ?.is;
    await come();
    const unnamed = String(await call('ZRANGE', timeline, 0, -1));
    await call('ZADD', timeline, Date.now() - NAMED_WITHIN_MS - 60_000, unnamed);
    expect(await come('e1')).toBe('accepted');
    expect(await call('ZCARD', timeline)).toBe(2);
  });

  it('of alerts that resolved is bounded, and those that fire stay', async () => {
    const { incidents } = made(ours, 'a');
    const anomalyKey = newAnomaly();
    const fires = ingestOf({ anomalyKey, fingerprint: 'fires' });
    await incidents.ingest([fires], soon());
    const pods = Array.from({ length: 1500 }, (_, n) => [
      ingestOf({ anomalyKey, fingerprint: `p${n}` }),
      ingestOf({ anomalyKey, fingerprint: `p${n}`, status: 'resolved' }),
    ]);
    await incidents.ingest(pods.flat(), soon());
    expect(await call('HLEN', `awoooi:${prefix(anomalyKey)}:anomaly:${anomalyKey}`)).toBeLessThan(1010);
    expect(await incidents.find(fires.newId, soon())).toMatchObject({ firing: 1, occurrences: 1501, status: 'open' });
    await incidents.ingest([ingestOf({ anomalyKey, fingerprint: 'fires', status: 'resolved' })], soon());
    expect(await incidents.find(fires.newId, soon())).toMatchObject({ firing: 0, status: 'resolved' });
  });

  it('goes with the incident: its work, its dead letters, its place in lists', async () => {
    const { incidents, outbox } = redisIncidents({ redis: ours, replica: 'a', reopenWithinMs: 0, retentionMs: 2_000 });
    const partition = 3;
    const by = { consumer: 'a', count: 10, claimAfterMs: 0 };
    const brief = told({ anomalyKey: newAnomaly(partition) }, { told: { ...TOLD, later: [{ channel: 'telegram-repeat', afterMs: 1 }] } });
    await incidents.ingest([brief, told({ ...brief.alert, status: 'resolved' }, { settleMs: 1 })], soon());
    const [first] = await outbox.take(partition, { ...by, count: 1 }, soon());
    if (!first) throw new Error('there is work');
    await outbox.giveUp(first, 'no', soon());
    const [second] = await outbox.take(partition, { ...by, count: 1 }, soon());
    await eventually(async () => (await incidents.find(brief.newId, soon())) === undefined);
    if (second) await outbox.done(second, { state: 'delivered', revision: 1, memo: {} }, soon());
    expect(await outbox.retryDead({}, soon())).toBe(0);
    expect(await outbox.take(partition, by, soon())).toEqual([]);
    expect(await outbox.take(partition, by, soon())).toEqual([]);
    expect(await incidents.list({ limit: 10 }, soon())).toEqual({ incidents: [] });
    expect(await incidents.settled(10, soon())).toEqual([]);
    expect(await outbox.depth(soon())).toEqual({ waiting: 0, dead: 0 });
    expect(await incidents.acknowledge(brief.newId, { who: 'ann', tell: ['telegram'] }, soon())).toEqual({ is: 'missing' });
    const left = (await keys()).filter(key => !/:(trace|anomaly):/.test(key));
    expect(left).toEqual([`awoooi:{p03}:outbox`]);
    expect(await call('XLEN', 'awoooi:{p03}:outbox')).toBe(0);
  });

  it('as an entry of the outbox that no delivery names is no work', async () => {
    const { incidents, outbox } = made(ours, 'a');
    const alert = told({ anomalyKey: newAnomaly(6) });
    await incidents.ingest([alert], soon());
    for (const channel of ['telegram', 'sentry']) {
      await call('XADD', 'awoooi:{p06}:outbox', '*', 'incident', alert.newId, 'channel', channel);
    }
    const work = await outbox.take(6, { consumer: 'a', count: 10, claimAfterMs: 1000 }, soon());
    expect(work.map(({ channel }) => channel)).toEqual(['telegram', 'webhook']);
    expect(await call('XLEN', 'awoooi:{p06}:outbox')).toBe(2);
  });

  it('of lists is forgotten without anyone listing', async () => {
    const { incidents } = redisIncidents({ redis: ours, replica: 'a', reopenWithinMs: 0, retentionMs: 50 });
    await incidents.ingest(
      Array.from({ length: 30 }, () => ingestOf({ anomalyKey: newAnomaly(4) }, { told: NOBODY })),
      soon(),
    );
    await elapsed(80);
    await incidents.settled(10, soon());
    expect((await keys()).filter(key => key.includes(':incidents'))).toEqual([]);
  });

  it('of consumers stays while they were seen within the day', async () => {
    const { incidents, outbox } = made(ours, 'a');
    await incidents.ingest([told({ anomalyKey: newAnomaly(5) })], soon());
    await outbox.take(5, { consumer: 'left-work', count: 10, claimAfterMs: 60_000 }, soon());
    await call('XGROUP', 'CREATECONSUMER', 'awoooi:{p05}:outbox', 'delivery', 'idle');
    await incidents.settled(10, soon());
    const consumers = String(await call('XINFO', 'CONSUMERS', 'awoooi:{p05}:outbox', 'delivery'));
    expect(consumers).toContain('left-work');
    expect(consumers).toContain('idle');
  });
});
