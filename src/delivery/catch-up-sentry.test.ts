import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import type { Part } from '../../test/parts/part.ts';
import { startRedis } from '../../test/parts/redis.ts';
import { type Sentry, startSentry } from '../../test/servers/sentry.ts';
import { cuttableLastGood } from '../../test/builders/cuttable-last-good.ts';
import { memoryLastGood } from '../adapters/memory/last-good.ts';
import { connectRedis, type RedisConnection } from '../adapters/redis/connection.ts';
import { redisLastGood } from '../adapters/redis/last-good.ts';
import { sentryApi } from '../adapters/sentry/sentry.ts';
import type { LastGood } from '../domain/ports/last-good.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { outgoingClient } from '../net/outgoing.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type CatchUp, type CatchUpDeps, catchUp } from './catch-up.ts';

const signal = (): AbortSignal => AbortSignal.timeout(10_000);
const MINUTE_MS = 60_000;
const LOOK_BACK_MS = 900_000;

/** A minute more than was asked for: clocks differ. */
const from = (good: Date, beforeMs = 0): string => new Date(good.getTime() - beforeMs - MINUTE_MS).toISOString();

let cleanUp: (() => Promise<unknown>)[];

beforeEach(() => {
  cleanUp = [];
});

afterEach(async () => {
  for (const each of cleanUp.toReversed()) await each();
});

type AskedSentry = NonNullable<CatchUpDeps['sentry']>;

/** Remembers since when it was asked. The first `failures` times it refuses. */
function askedSentry(failures = 0) {
  const asked: string[] = [];
  const issues: string[] = [];
  const sentry: AskedSentry = {
    api: {
      async issuesSince(since) {
        asked.push(since.toISOString());
        if (asked.length <= failures) throw new PortError('forbidden', 'the token lacks a scope');
        return [{ id: '4711', body: {} }];
      },
    },
    takeIn: async found => void issues.push(...found.map(({ id }) => id)),
  };
  return { asked, issues, sentry };
}

type Clock = ReturnType<typeof aClock>;

function aClock(at = new Date('2026-11-26T08:00:00Z')) {
  const state = { at };
  return {
    now: (): Date => state.at,
    later(seconds: number): void {
      state.at = new Date(state.at.getTime() + seconds * 1000);
    },
  };
}

interface Replica {
  readonly lastGood: LastGood;
  readonly clock: Pick<Clock, 'now'>;
  readonly sentry?: AskedSentry;
  readonly sentrySends?: boolean;
}

function replica({ lastGood, clock, sentry, sentrySends = true }: Replica) {
  const counted: string[] = [];
  const warned: string[] = [];
  const warn = (_: unknown, message: string): void => void warned.push(message);
  const log: Logger = { debug: () => {}, info: () => {}, warn, error: () => {}, child: () => log };
  const running: CatchUp = catchUp({
    alertmanagers: {
      api: { replicas: async () => [], firing: async () => [] },
      urls: [],
      authorization: () => undefined,
      receiver: 'ours',
    },
    post: async () => {},
    ...(sentry && { sentry }),
    sentrySends,
    lastGood,
    metrics: { catchUp: (source, result) => void counted.push(`${source} ${result}`), truncated: () => {} },
    log,
    now: clock.now,
    random: () => 0,
    timing: { markEveryMs: 20, shortlyMs: 50 },
  });
  cleanUp.push(() => running.close());
  return { running, counted, warned };
}

const reads = async (lastGood: LastGood, at: Date): Promise<boolean> => (await lastGood.read(signal()))?.getTime() === at.getTime();

describe('Sentry is asked', () => {
  it('what it saw since the last good moment, which does not move on before that was taken in', async () => {
    const { asked, issues, sentry } = askedSentry(2);
    const [lastGood, clock] = [memoryLastGood(), aClock()];
    const good = clock.now();
    await lastGood.mark(good, signal());
    clock.later(2 * 3600);
    const { counted } = replica({ lastGood, clock, sentry });
    await eventually(() => counted.length === 2);
    expect(await reads(lastGood, good)).toBe(true);
    await eventually(() => issues.length === 1);
    await eventually(() => reads(lastGood, clock.now()));
    expect(asked).toEqual(Array.from({ length: 3 }, () => from(good)));
    clock.later(10);
    await eventually(() => reads(lastGood, clock.now()));
  });

  it.each(['whatever others have marked', 'where nobody ever marked'])(
    'at the start what it saw within a quarter of an hour, %s',
    async marked => {
      const { asked, sentry } = askedSentry();
      const [lastGood, clock] = [memoryLastGood(), aClock()];
      if (marked.startsWith('whatever')) await lastGood.mark(clock.now(), signal());
      const { counted } = replica({ lastGood, clock, sentry });
      await eventually(() => counted.includes('sentry succeeded'));
      expect(asked).toEqual([from(clock.now(), LOOK_BACK_MS)]);
    },
  );

  it('at the start what it saw within a quarter of an hour of that, though it is long away itself and others mark meanwhile', async () => {
    const { asked, sentry } = askedSentry(3);
    const [lastGood, clock] = [memoryLastGood(), aClock()];
    const began = clock.now();
    replica({ lastGood, clock, sentry });
    await eventually(async () => {
      clock.later(1800);
      await lastGood.mark(clock.now(), signal());
      return asked.length === 4;
    });
    expect(new Set(asked)).toEqual(new Set([from(began, LOOK_BACK_MS)]));
  });

  it('after an outage of the store that nobody marked over', async () => {
    const { state, lastGood } = cuttableLastGood(memoryLastGood());
    const { asked, issues, sentry } = askedSentry();
    const clock = aClock();
    replica({ lastGood, clock, sentry });
    const good = clock.now();
    await eventually(() => reads(lastGood, good));
    state.away = true;
    for (let failures = 1; failures <= 3; failures += 1) {
      await eventually(() => state.refused >= failures);
      clock.later(31);
    }
    state.away = false;
    await eventually(() => issues.length > 1);
    expect(asked[1]).toBe(from(good));
    await eventually(() => reads(lastGood, clock.now()));
  });

  it('by the one replica that was cut off from the store what it missed, though the other marked all the while', async () => {
    const kept = memoryLastGood();
    const { state, lastGood } = cuttableLastGood(kept);
    const [ours, theirs] = [askedSentry(), askedSentry()];
    const clock = aClock();
    replica({ lastGood, clock, sentry: ours.sentry });
    replica({ lastGood: kept, clock, sentry: theirs.sentry });
    await eventually(() => ours.issues.length + theirs.issues.length === 2);
    const good = clock.now();
    await eventually(() => reads(kept, good));
    state.away = true;
    await eventually(() => state.refused > 0);
    for (let turn = 1; turn <= 6; turn += 1) {
      clock.later(31);
      await eventually(() => reads(kept, clock.now()));
    }
    expect(theirs.asked).toHaveLength(1);
    state.away = false;
    await eventually(() => ours.issues.length > 1);
    expect(ours.asked[1]).toBe(from(good));
  });

  it('again when somebody was refused meanwhile, once however many were', async () => {
    const { asked, sentry } = askedSentry();
    const { running, counted } = replica({ lastGood: memoryLastGood(), clock: aClock(), sentry });
    await eventually(() => asked.length === 1);
    for (let n = 0; n < 20; n += 1) running.missed();
    await eventually(() => counted.filter(each => each === 'sentry succeeded').length === 2);
    expect(asked).toHaveLength(2);
  });

  it('never without an organization or a token, which is said once where it may send', async () => {
    const [sending, silent] = [true, false].map(sentrySends => replica({ lastGood: memoryLastGood(), clock: aClock(), sentrySends }));
    sending?.running.missed();
    expect(sending?.warned).toEqual([expect.stringContaining('set SENTRY_ORG and SENTRY_API_TOKEN')]);
    expect(silent?.warned).toEqual([]);
  });
});

const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * MINUTE_MS);

describe('with a real Redis and the stand-in for Sentry', () => {
  const clock = { now: () => new Date() };
  let part: Part;
  let sentry: Sentry;
  let asking: NonNullable<CatchUpDeps['sentry']>;
  let taken: string[];

  beforeEach(async () => {
    const client = outgoingClient();
    // Keeps nothing: who restarts it finds it empty.
    part = await startRedis();
    sentry = await startSentry({ issues: [] });
    cleanUp.push(
      () => part.stop(),
      () => sentry.stop(),
      () => client.close(),
    );
    taken = [];
    const api = sentryApi(client, { url: sentry.url, org: 'acme', token: () => sentry.token, now: clock.now });
    asking = { api, takeIn: async found => void taken.push(...found.map(({ id }) => id)) };
  });

  async function connected(): Promise<RedisConnection> {
    const redis = connectRedis({ url: part.url });
    cleanUp.push(async () => redis.close());
    await redis.ready(signal());
    return redis;
  }

  it('what was sent to the replica that had died is there once another stands in its place', async () => {
    const kept = redisLastGood((await connected()).commands);
    replica({ lastGood: kept, clock });
    await eventually(async () => Date.now() - ((await kept.read(signal()))?.getTime() ?? 0) < MINUTE_MS);
    sentry.setIssue({ id: '77', lastSeen: minutesAgo(3) });
    sentry.setIssue({ id: '78', lastSeen: minutesAgo(90) });
    replica({ lastGood: redisLastGood((await connected()).commands), clock, sentry: asking });
    await eventually(() => taken.length > 0);
    expect(taken).toEqual(['77']);
  });

  it.each([
    ['while it is connected', async (redis: RedisConnection) => void (await redis.commands.call('FLUSHALL'))],
    [
      'because it was away and keeps nothing',
      async () => {
        await part.kill9();
        await part.restart();
      },
    ],
  ])('Sentry is asked again when Redis loses all it held %s', async (_, lose) => {
    const redis = await connected();
    const lastGood = redisLastGood(redis.commands);
    replica({ lastGood, clock, sentry: asking });
    await eventually(async () => (await lastGood.read(signal())) !== undefined);
    // Written down by a turn that knows of it from now on.
    const marked = await lastGood.read(signal());
    await eventually(async () => ((await lastGood.read(signal()))?.getTime() ?? 0) > (marked?.getTime() ?? 0));
    sentry.setIssue({ id: '77', lastSeen: minutesAgo(3) });
    expect(taken).toEqual([]);
    await lose(redis);
    await eventually(() => taken.includes('77'), { withinMs: 30_000 });
    await eventually(() =>
      lastGood.read(signal()).then(
        at => at !== undefined,
        () => false,
      ),
    );
  });
});
