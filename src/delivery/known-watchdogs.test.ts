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
