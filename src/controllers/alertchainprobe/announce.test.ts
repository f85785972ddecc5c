import { expect, it } from 'vitest';
import { good, ProbeBench } from '../../../test/builders/probe-bench.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import type { Announced } from '../../domain/ports/announcer.ts';
import type { HopResult } from '../../domain/chain/hop-result.ts';

const bad: HopResult = { name: 'api', type: 'Health', result: 'Failed', cause: 'TimedOut', message: 'no answer within 5 s' };
const telegram = { botToken: { name: 'tg', key: 'token' }, chatId: '-1', apiRoot: 'http://127.0.0.1:1' };
const URL_WITH_KEYS = 'http://switch.example/ping/s3cr3t-key?token=t0k3n';

it('tries a notice again that was not sent, and never gives it up', async () => {
  const bench = new ProbeBench({ spec: { notify: { telegram }, failureThreshold: 1 } });
  bench.hops = [bad];
  bench.announced = { is: 'failed', message: 'telegram said 500' };
  await bench.settle();
  await eventually(async () => (await bench.turn()) && bench.events.some(event => event.reason === 'NotifyFailed'));
  bench.announced = { is: 'sent' };
  bench.now += 31_000;
  await eventually(async () => (await bench.turn()) && bench.probe.status?.notified !== undefined);
  expect(bench.announcements).toEqual(['Broken', 'Broken']);
});

it('says with the next attempt whom the last one reached', async () => {
  const bench = new ProbeBench({ spec: { notify: { telegram }, failureThreshold: 1 } });
  bench.hops = [bad];
  bench.announced = { is: 'failed', message: 'the webhook said 500', told: ['telegram'] };
  await bench.settle();
  await eventually(async () => (await bench.turn()) && bench.events.some(event => event.reason === 'NotifyFailed'));
  bench.now += 31_000;
  await eventually(async () => (await bench.turn()) && bench.announcements.length === 2);
  expect(bench.alreadyTold).toEqual(['telegram']);
});

it('does not put a notice off because the clock was set back', async () => {
  const bench = new ProbeBench({ spec: { notify: { telegram }, failureThreshold: 1 } });
  bench.hops = [bad];
  bench.announced = { is: 'failed', message: 'telegram said 500' };
  await bench.settle();
  await eventually(async () => (await bench.turn()) && bench.events.some(event => event.reason === 'NotifyFailed'));
  bench.now -= 3_600_000;
  await bench.turn();
  expect(bench.announcements).toEqual(['Broken', 'Broken']);
});

it('tells people when nothing can be proven any more, once, and when it can again', async () => {
  const bench = new ProbeBench({ spec: { notify: { telegram } } });
  await bench.settle();
  bench.hops = [{ name: 'api', type: 'AlertmanagerCanary', result: 'Unknown', cause: 'StoreUnavailable', message: 'Redis is away' }];
  bench.now += 300_000;
  await bench.settle();
  expect([bench.condition('Ready'), bench.announcements]).toEqual(['True/FailureBelowThreshold', []]);
  bench.now += 300_000;
  await bench.settle();
  expect(bench.condition('Ready')).toBe('Unknown/StoreUnavailable');
  await eventually(async () => (await bench.turn()) && bench.probe.status?.notified?.startsWith('Broken@'));
  bench.now += 300_000;
  await bench.settle();
  bench.hops = [good];
  bench.now += 300_000;
  await bench.settle();
  await eventually(async () => (await bench.turn()) && bench.probe.status?.notified?.startsWith('Recovered@'));
  expect(bench.announcements).toEqual(['Broken', 'Recovered']);
});

it('tells nobody during maintenance, and everybody when it ends and the chain is still broken', async () => {
  const window = { cron: '0 0 * * *', duration: '10m', timeZone: 'UTC' };
  const bench = new ProbeBench({ spec: { notify: { telegram }, failureThreshold: 1, maintenance: [window] } });
  bench.hops = [bad];
  await bench.settle();
  expect(bench.probe.status?.lastRun?.maintenance).toBe(true);
  expect(bench.announcements).toEqual([]);
  bench.now += 11 * 60_000;
  await eventually(async () => (await bench.turn()) && bench.announcements.length > 0);
});

it('pings the heartbeat once after each good run, and never after a bad one', async () => {
  const bench = new ProbeBench({ spec: { heartbeat: { url: 'http://127.0.0.1:1' } } });
  await bench.settle();
  await bench.turn();
  expect(bench.announcements).toEqual(['heartbeat']);
  bench.hops = [bad];
  bench.now += 300_000;
  await bench.settle();
  expect(bench.announcements).toEqual(['heartbeat']);
});

it('says once for each run that the dead man’s switch was not reached and why, without the keys of its URL', async () => {
  const bench = new ProbeBench({ spec: { heartbeat: { url: URL_WITH_KEYS } } });
  const failures = (): string[] => bench.events.filter(({ reason }) => reason === 'HeartbeatFailed').map(({ message }) => message);
  const redirected = `The heartbeat: GET ${URL_WITH_KEYS}: answered 301, a redirect to https://switch.example/ping/s3cr3t-key`;
  bench.beat = async () => ({ is: 'failed', message: redirected });
  for (const told of [1, 2]) {
    await bench.settle();
    await eventually(() => bench.beats.length === told);
    await eventually(async () => (await bench.turn()) && failures().length === told);
    await bench.turn();
    bench.now += 300_000;
  }
  expect(failures()).toEqual([
    "The dead man's switch of spec.heartbeat was not reached: The heartbeat: GET http://switch.example/***/***?token=***: " +
      'answered 301, a redirect to https://switch.example/***/***',
    expect.any(String),
  ]);
  expect(bench.condition('Ready')).toBe('True/AllHopsPassed');
  bench.beat = async () => ({ is: 'sent' });
  await bench.settle();
  await eventually(() => bench.beats.length === 3);
  await bench.turn();
  expect([failures().length, bench.beats]).toEqual([2, ['failed', 'failed', 'sent']]);
});

it('gives up no ping that hangs for the next run, and pings again once it has ended', async () => {
  const bench = new ProbeBench({ spec: { heartbeat: { url: URL_WITH_KEYS } } });
  const ends: ((announced: Announced) => void)[] = [];
  bench.beat = () => new Promise(resolve => ends.push(resolve));
  for (let run = 1; run <= 3; run++) {
    await bench.settle();
    await bench.turn();
    bench.now += 300_000;
  }
  expect([bench.runs, bench.announcements]).toEqual([3, ['heartbeat']]);
  bench.now -= 300_000;
  ends[0]?.({ is: 'failed', message: 'no answer' });
  await eventually(async () => (await bench.turn()) && bench.events.some(({ reason }) => reason === 'HeartbeatFailed'));
  expect(bench.announcements).toEqual(['heartbeat', 'heartbeat']);
});
