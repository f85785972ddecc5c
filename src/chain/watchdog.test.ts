import { afterAll, beforeAll, expect, it } from 'vitest';
import { hopWorld, type HopWorld, tryHop, watchdogsAway } from '../../test/chain/world.ts';
import { memoryWatchdogSightings } from '../adapters/memory/watchdog-sightings.ts';
import type { WatchdogSighting } from '../domain/ports/watchdog-sightings.ts';
import { watchdog } from './watchdog.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const { signal } = new AbortController();
let world: HopWorld;

beforeAll(() => {
  world = hopWorld();
});
afterAll(() => world.close());

type Sighting = Partial<Omit<WatchdogSighting, 'at'>> & { readonly secondsAgo: number };

async function given(sightings: readonly Sighting[], block: Readonly<Record<string, unknown>> = {}) {
  const watchdogs = memoryWatchdogSightings();
  for (const { secondsAgo, ...own } of sightings) {
    const at = new Date(NOW.getTime() - secondsAgo * 1000);
    await watchdogs.record({ source: 'alertmanager', labels: { cluster: 'a' }, status: 'firing', ...own, at }, signal);
  }
  const ports = { ...world.ports, watchdogs, now: () => NOW };
  return tryHop(watchdog, { ...world, ports }, { hop: { type: 'Watchdog', watchdog: block } });
}

const b = { cluster: 'b' };

it.each<[string, readonly Sighting[], Readonly<Record<string, unknown>>]>([
  ['heard within three minutes', [{ secondsAgo: 179 }], {}],
  ['heard at the very limit', [{ secondsAgo: 60 }], { maxAge: '1m' }],
  ['heard a little in the future, by a replica whose clock is ahead', [{ secondsAgo: -60 }], {}],
  ['one of two, where no labels pick', [{ secondsAgo: 10 }, { secondsAgo: 9999, labels: b }], {}],
  ['one whose sibling resolved', [{ secondsAgo: 30 }, { secondsAgo: 10, labels: b, status: 'resolved' }], {}],
  ['the picked one', [{ secondsAgo: 9999 }, { secondsAgo: 10, labels: { ...b, prometheus: 'x' } }], { labels: b }],
  ['one of SigNoz', [{ secondsAgo: 10, source: 'signoz' }], { source: 'signoz' }],
])('passes on a Watchdog %s', async (_, sightings, block) => {
  expect(await given(sightings, block)).toMatchObject({ result: 'Passed' });
});

it.each<[string, string, readonly Sighting[], Readonly<Record<string, unknown>>, RegExp]>([
  ['WatchdogMissing', 'none was heard', [], {}, /ever heard from alertmanager\./],
  ['WatchdogMissing', 'only the other source was heard', [{ secondsAgo: 1 }], { source: 'signoz' }, /from signoz/],
  ['WatchdogMissing', 'none carries the labels', [{ secondsAgo: 1 }], { labels: b }, /with cluster="b"/],
  ['WatchdogStale', 'it is too old', [{ secondsAgo: 181 }], {}, /heard 3m1s ago, more than 3m/],
  [
    'WatchdogStale',
    'the picked one is',
    [{ secondsAgo: 1 }, { secondsAgo: 7200, labels: b }],
    { labels: b },
    /cluster="b" was last heard 2h0m ago/,
  ],
  [
    'WatchdogStale',
    'it was heard before the clock was set back, and not since',
    [{ secondsAgo: -3600 }],
    {},
    /1h0m in the future of this clock/,
  ],
  ['WatchdogResolved', 'it resolved', [{ secondsAgo: 5, status: 'resolved' }], {}, /resolved 5s ago/],
])('fails with %s when %s', async (cause, _, sightings, block, message) => {
  expect(await given(sightings, block)).toMatchObject({ result: 'Failed', cause, message: expect.stringMatching(message) });
});

it('knows nothing while the store is away', async () => {
  const away = hopWorld({ watchdogs: watchdogsAway() });
  expect(await tryHop(watchdog, away, { hop: { type: 'Watchdog', watchdog: {} } })).toMatchObject({
    result: 'Unknown',
    cause: 'StoreUnavailable',
    message: expect.stringMatching(/^Nobody can say what comes back: .*AWOOOI_API_BASE/),
  });
  await away.close();
});
