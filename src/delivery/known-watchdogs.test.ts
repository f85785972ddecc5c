import { expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import { memoryWatchdogSightings } from '../adapters/memory/watchdog-sightings.ts';
import type { WatchdogSightings } from '../domain/ports/watchdog-sightings.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { knownWatchdogs } from './known-watchdogs.ts';

const NOW = new Date('2026-03-29T10:00:00Z');
const HOUR_MS = 3_600_000;
const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
const soon = (): AbortSignal => AbortSignal.timeout(5_000);

function knowing(watchdogs: WatchdogSightings) {
  return knownWatchdogs({ watchdogs, now: () => NOW, everyMs: 5, log, random: () => 0.5 });
}

it('knows the senders whose Watchdog was heard within half a day, whatever it said', async ({ onTestFinished }) => {
  const watchdogs = memoryWatchdogSightings();
  const heard = (source: 'alertmanager' | 'signoz', status: 'firing' | 'resolved', hours: number) =>
    watchdogs.record({ source, status, labels: { alertname: 'Watchdog' }, at: new Date(NOW.getTime() - hours * HOUR_MS) }, soon());
  await heard('alertmanager', 'resolved', 12);
  await heard('signoz', 'firing', 14);
  const known = knowing(watchdogs);
  onTestFinished(() => known.close());
  await eventually(() => !known.isKnown('signoz'));
  expect([known.isKnown('alertmanager'), known.isKnown('sentry')]).toEqual([true, false]);
  await heard('signoz', 'firing', 0);
  await eventually(() => known.isKnown('signoz'));
});

it('knows at once of a Watchdog that this process hears, also in the middle of a look that had not seen it', async ({ onTestFinished }) => {
  const kept = memoryWatchdogSightings();
  let asked = 0;
  // The second and the third look, each of which asks for two sources, wait until they are let go.
  const [second, third] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const watchdogs: WatchdogSightings = {
    ...kept,
    async list(source, signal) {
      asked += 1;
      const look = Math.ceil(asked / 2);
      const heard = await kept.list(source, signal);
      if (look === 2) await second.promise;
      if (look === 3) await third.promise;
      return heard;
    },
  };
  const known = knowing(watchdogs);
  onTestFinished(() => known.close());
  onTestFinished(() => third.resolve());
  await eventually(() => asked === 4);
  expect(known.isKnown('alertmanager')).toBe(false);
  await known.sightings.record({ source: 'alertmanager', status: 'firing', labels: { alertname: 'Watchdog' }, at: NOW }, soon());
  expect(known.isKnown('alertmanager')).toBe(true);
  second.resolve();
  await eventually(() => asked === 6);
  expect(known.isKnown('alertmanager')).toBe(true);
});

it('takes every sender of Watchdogs for one while the store is away: to wait is the lesser harm', async ({ onTestFinished }) => {
  let asked = 0;
  const known = knowing({
    record: async () => {},
    list: async () => {
      asked += 1;
      throw new PortError('unavailable', 'Redis did not answer');
    },
  });
  onTestFinished(() => known.close());
  await eventually(() => asked > 2);
  expect([known.isKnown('alertmanager'), known.isKnown('signoz')]).toEqual([true, true]);
});
