import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alertIntakeContract } from '../../../test/contracts/alert-intake.contract.ts';
import { drill, drillRegistryContract } from '../../../test/contracts/drill-registry.contract.ts';
import { sighting, watchdogSightingsContract } from '../../../test/contracts/watchdog-sightings.contract.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import type { Part } from '../../../test/parts/part.ts';
import { startRedis } from '../../../test/parts/redis.ts';
import type { DrillRegistry } from '../../domain/ports/drill-registry.ts';
import { logger } from '../../telemetry/logger.ts';
import { connectRedis, type RedisConnection } from './connection.ts';
import { redisDrillRegistry } from './drill-registry.ts';
import { redisAlertIntake } from './intake.ts';
import { KEYS, RETURNS_CHANNEL } from './keys.ts';
import { StreamEntries } from './schema.ts';
import { redisWatchdogSightings } from './watchdog-sightings.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const now = (): Date => new Date();
const back = (nonce: string) => ({ nonce, returnedAt: new Date('2026-11-23T08:00:00.000Z'), via: 'alertmanager' });

let part: Part;
let ours: RedisConnection;
let theirs: RedisConnection;
let registry: DrillRegistry & { close(): void };
let other: DrillRegistry & { close(): void };

beforeAll(async () => {
  part = await startRedis({ appendOnly: true });
  ours = connectRedis({ url: part.url });
  theirs = connectRedis({ url: part.url });
  await Promise.all([ours.ready(soon()), theirs.ready(soon())]);
});

afterAll(async () => {
  ours.close();
  theirs.close();
  await part.stop();
});

beforeEach(async () => {
  await ours.ready(soon());
  await theirs.ready(soon());
  await ours.commands.call('FLUSHALL');
  registry = redisDrillRegistry({ redis: ours, now });
  other = redisDrillRegistry({ redis: theirs, now });
  return () => {
    registry.close();
    other.close();
  };
});

const entries = async (key: string): Promise<string[]> =>
  StreamEntries.parse(await ours.commands.call('XRANGE', key, '-', '+')).map(([, [, text = '']]) => text);

const subscribers = async (): Promise<string> => String(await theirs.commands.call('PUBSUB', 'NUMSUB', RETURNS_CHANNEL));
const at = (n: number): Date => new Date(Date.UTC(2026, 10, 23) + n * 1000);

describe('DrillRegistry on Redis', () => {
  drillRegistryContract(() => ({ registry, other }));

  it('wakes a wait that outlived a restart of Redis', async () => {
    const sent = [drill(), drill()];
    const [a, b] = sent.map(({ nonce }) => nonce);
    if (a === undefined || b === undefined) throw new Error('two drills were made');
    await registry.register(sent, soon());
    const signal = soon();
    const waiting = registry.awaitReturns([a, b], signal);
    await other.recordReturn(back(a), soon());
    await part.halt();
    await part.restart();
    await theirs.ready(soon());
    expect(await other.recordReturn(back(b), soon())).toBe(true);
    expect((await waiting).map(({ nonce }) => nonce)).toEqual([a, b]);
    expect(signal.aborted).toBe(false);
  });

  it('begins a wait while Redis is away and ends it when the return is there', async () => {
    const sent = drill();
    await registry.register([sent], soon());
    await part.halt();
    const signal = soon();
    const waiting = registry.awaitReturns([sent.nonce], signal);
    await part.restart();
    await theirs.ready(soon());
    await other.recordReturn(back(sent.nonce), soon());
    expect(await waiting).toEqual([back(sent.nonce)]);
    expect(signal.aborted).toBe(false);
  });

  it('says that it does not know, rather than that nothing came, when Redis is away at the end of the wait', async () => {
    const sent = drill();
    await registry.register([sent], soon());
    await part.halt();
    const waiting = registry.awaitReturns([sent.nonce], AbortSignal.timeout(100));
    await expect(waiting).rejects.toMatchObject({ fault: 'unavailable' });
    await expect(registry.isLive(sent.nonce, soon())).rejects.toMatchObject({ fault: 'unavailable' });
    await expect(ours.writable(soon())).rejects.toMatchObject({ fault: 'unavailable' });
    await part.restart();
  });

  it('answers within its deadlines when Redis is frozen', async () => {
    part.freeze();
    try {
      const before = performance.now();
      await expect(registry.isLive(drill().nonce, soon())).rejects.toMatchObject({ fault: 'unavailable' });
      expect(performance.now() - before).toBeLessThan(10_000);
      await expect(registry.isLive(drill().nonce, AbortSignal.timeout(50))).rejects.toMatchObject({ fault: 'unavailable' });
    } finally {
      part.thaw();
    }
    await eventually(() => ours.writable(soon()).then(() => true));
  });

  it('shares one subscription among all waits', async () => {
    const sent = Array.from({ length: 50 }, () => drill());
    await registry.register(sent, soon());
    const waits = sent.map(({ nonce }) => registry.awaitReturns([nonce], soon()));
    expect(await eventually(async () => (await subscribers()).endsWith('1') && subscribers())).toBe(`${RETURNS_CHANNEL},1`);
    await Promise.all(sent.map(({ nonce }) => other.recordReturn(back(nonce), soon())));
    expect(await Promise.all(waits)).toHaveLength(50);
  });

  it('publishes each receiver’s return once', async () => {
    const sent = drill();
    const heard: string[] = [];
    const listener = theirs.subscriber();
    await listener.connect();
    await listener.subscribe(RETURNS_CHANNEL);
    listener.on('message', (_, message) => void heard.push(message));
    await registry.register([sent], soon());
    const returns = ['a', 'b', 'a', 'b', 'a'].map(receiver => ({ ...back(sent.nonce), receiver }));
    for (const each of returns) await registry.recordReturn(each, soon());
    await theirs.commands.call('PUBLISH', RETURNS_CHANNEL, 'last');
    await eventually(() => heard.includes('last'));
    listener.disconnect();
    expect(heard).toEqual([...returns.slice(0, 2).map(each => JSON.stringify(each)), 'last']);
  });

  it('keeps no drill for ever, and no more refusals than it should', async () => {
    const sent = drill();
    await registry.register([sent], soon());
    expect(await ours.commands.call('PTTL', KEYS.drill(sent.nonce))).toBeGreaterThan(0);
    const refusal = { at: new Date(), route: 'alertmanager', status: 401, reason: 'no', nonces: [] };
    await Promise.all(Array.from({ length: 2500 }, () => registry.recordRefusal(refusal, soon())));
    expect((await entries(KEYS.refusals)).length).toBeLessThan(2200);
  });
});

describe('AlertIntake on Redis', () => {
  alertIntakeContract(() => redisAlertIntake(ours.commands));

  it('throws and holds nothing while Redis is away', async () => {
    const intake = redisAlertIntake(ours.commands);
    await part.halt();
    await expect(intake.touch(at(0), soon())).rejects.toMatchObject({ fault: 'unavailable' });
    await part.restart();
    await ours.ready(soon());
    expect(await intake.lastReceived(soon())).toBeUndefined();
  });
});

describe('WatchdogSightings on Redis', () => {
  watchdogSightingsContract(() => redisWatchdogSightings(ours.commands));

  it('forgets the Watchdog heard longest ago when there are too many', async () => {
    const sightings = redisWatchdogSightings(ours.commands);
    await Promise.all(
      Array.from({ length: 500 }, (_, n) => sightings.record(sighting({ labels: { pod: `p${n}` }, at: at(n + 1) }), soon())),
    );
    await sightings.record(sighting({ labels: { pod: 'oldest' }, at: at(0) }), soon());
    await sightings.record(sighting({ labels: { pod: 'newest' }, at: at(1000) }), soon());
    const pods = (await sightings.list('alertmanager', soon())).map(({ labels }) => labels['pod']);
    expect(pods).toHaveLength(500);
    expect(pods).toContain('newest');
    expect(pods).not.toContain('oldest');
  });

  it('takes new Watchdogs whatever the labels of others hold', async () => {
    const sightings = redisWatchdogSightings(ours.commands);
    await sightings.record(sighting({ labels: { pod: 'half \ud800', '\udfff': 'x' } }), soon());
    for (let n = 1; n <= 501; n += 1) await sightings.record(sighting({ labels: { pod: `p${n}` }, at: at(n) }), soon());
    expect(await sightings.list('alertmanager', soon())).toHaveLength(500);
    await sightings.record(sighting({ source: 'signoz', labels: { pod: 'half \ud800' } }), soon());
    expect(await sightings.list('signoz', soon())).toMatchObject([sighting({ source: 'signoz', labels: { pod: 'half \ufffd' } })]);
  });

  it('forgets first what nobody can read, and comes back to its bound at once', async () => {
    const sightings = redisWatchdogSightings(ours.commands);
    const broken = ['"\\ud800"', 'no JSON', '5', 'null', '{"at":5}', '{"at":null}', '{"labels":{"a":"\\udc00"},"at":"2100"}'];
    const stored = [...broken, ...broken, ...Array.from({ length: 600 }, (_, n) => JSON.stringify(sighting({ at: at(n) })))];
    const fields = stored.flatMap((text, n) => [`${n}`, text]);
    await ours.commands.call('HSET', KEYS.watchdogs('alertmanager'), ...fields);
    await sightings.record(sighting({ labels: { pod: 'newest' }, at: at(1000) }), soon());
    const times = (await sightings.list('alertmanager', soon())).map(({ at: heard }) => heard.getTime()).toSorted((a, b) => a - b);
    expect(times).toHaveLength(500);
    expect([times[0], times[499]]).toEqual([at(101).getTime(), at(1000).getTime()]);
  });
});

it('asks for one write a second, however many want to know whether Redis takes any', async () => {
  const asked = connectRedis({ url: part.url });
  const takesWrites = () => asked.writable(soon()).then(() => true);
  await asked.ready(soon());
  await ours.commands.call('CONFIG', 'RESETSTAT');
  try {
    await Promise.all(Array.from({ length: 200 }, takesWrites));
    for (let n = 0; n < 200; n += 1) await takesWrites();
    expect(await ours.commands.call('INFO', 'commandstats')).toContain('cmdstat_set:calls=1,');
    expect(await ours.commands.call('PTTL', KEYS.writable)).toBeGreaterThan(0);
    await ours.commands.call('CONFIG', 'SET', 'maxmemory', '1');
    await eventually(() =>
      expect(asked.writable(soon()))
        .rejects.toThrow('OOM')
        .then(() => true),
    );
    await ours.commands.call('CONFIG', 'SET', 'maxmemory', '0');
    await eventually(takesWrites);
  } finally {
    asked.close();
    await ours.commands.call('CONFIG', 'SET', 'maxmemory', '0');
  }
});

it('signs in again with the password that the URL has by then, commands and subscription alike', async () => {
  let word = 'first-word';
  const urlNow = (): string => part.url.replace('://', `://rotating:${word}@`);
  const setPassword = () => ours.commands.call('ACL', 'SETUSER', 'rotating', 'reset', 'on', `>${word}`, '~*', '&*', '+@all');
  await setPassword();
  const rotating = connectRedis({ url: urlNow(), currentUrl: urlNow });
  const waiter = redisDrillRegistry({ redis: rotating, now });
  try {
    await rotating.ready(soon());
    word = 'second-word';
    await setPassword();
    await ours.commands.call('CLIENT', 'KILL', 'USER', 'rotating');
    await eventually(() => rotating.writable(soon()).then(() => true));
    const sent = drill();
    await waiter.register([sent], soon());
    const waiting = waiter.awaitReturns([sent.nonce], soon());
    await eventually(async () => (await subscribers()).endsWith(',1'));
    await other.recordReturn(back(sent.nonce), soon());
    expect(await waiting).toHaveLength(1);
  } finally {
    waiter.close();
    rotating.close();
    await ours.commands.call('ACL', 'DELUSER', 'rotating');
  }
});

it('complains of nothing that its own end cuts off, whenever that is', async () => {
  const errors: Error[] = [];
  for (let turns = 0; turns < 40; turns += 1) {
    const stop = new AbortController();
    const short = connectRedis({ url: part.url, onError: err => errors.push(err) });
    const ready = short.ready(stop.signal).catch(() => undefined);
    for (let turn = 0; turn < turns; turn += 1) await new Promise(resolve => setImmediate(resolve));
    short.close();
    stop.abort();
    await ready;
  }
  expect(errors).toEqual([]);
});

it('signs in with a password, and never shows it', async () => {
  await ours.commands.call('CONFIG', 'SET', 'requirepass', 'hidden-word');
  try {
    const withPassword = connectRedis({ url: part.url, password: 'hidden-word' });
    await withPassword.ready(soon());
    await withPassword.writable(soon());
    withPassword.close();
    const lines: string[] = [];
    const log = logger({ level: 'info', destination: { write: line => void lines.push(line) } });
    const wrong = connectRedis({ url: part.url.replace('://', '://:other-word@'), onError: err => log.warn({ err }, 'redis failed') });
    await expect(wrong.ready(AbortSignal.timeout(500))).rejects.toMatchObject({ fault: 'unavailable' });
    wrong.close();
    expect(lines.join()).toContain('WRONGPASS');
    expect(lines.join()).not.toContain('other-word');
  } finally {
    await ours.commands.call('CONFIG', 'SET', 'requirepass', '');
  }
});
