import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS } from '../../src/adapters/redis/keys.ts';
import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { eventually } from '../parts/eventually.ts';
import { cardsOf, named, type OutageStage, raiseOutageStage, wrongCounts } from './outage-stage.ts';
import { metricsOf, valueOf } from './stage.ts';

/** What a channel has under way at once: the effect of so many may have been had and not recorded. */
const AT_ONCE = 24;
const MANY = 60;
const AWAY_MS = 60_000;
/**
 * From the return of Redis until everything is there: Alertmanager sends again within a group interval, and what was in hand is given out
 * again after 30 s.
 */
const WHOLE_WITHIN = { withinMs: 90_000, everyMs: 200 };

let outage: OutageStage;
const parts: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  outage = await raiseOutageStage('redis-outages', part => {
    parts.push(part);
    return part;
  });
});
afterAll(async () => {
  for (const part of parts.toReversed()) await part.stop();
});

async function answered(status: number, path = 'alertmanager'): Promise<number> {
  const series = new RegExp(`^http_requests_total\\{[^}]*path="/api/v1/webhooks/${path}[^}]*status="${status}"\\} (\\d+)$`, 'm');
  return Number(series.exec(await metricsOf(outage.operator))?.[1] ?? 0);
}

/** Each alert is one incident with one occurrence, and has its card. */
async function nothingIsMissing(names: readonly string[]): Promise<void> {
  const wrong = async (): Promise<string[]> => [
    ...wrongCounts(await outage.reader.all(), names),
    ...[...cardsOf(outage, names)].flatMap(([name, count]) => (count === 0 ? [`${name}: no card`] : [])),
  ];
  await eventually(async () => (await wrong()).length === 0, WHOLE_WITHIN).catch(async (err: unknown) => {
    throw new Error(`${(await wrong()).join('\n')}\n${outage.operator.process().log().slice(-3_000)}`, { cause: err });
  });
}

async function incidentsOf(issue: string): Promise<IncidentView[]> {
  return (await outage.reader.all()).filter(({ labels }) => labels['sentry_issue_id'] === issue);
}

/** Nothing waits any more, and nothing was given up. */
async function allIsDone(): Promise<void> {
  await eventually(async () => {
    const { waiting, dead } = await outage.reader.api.deliveries(AbortSignal.timeout(5_000));
    return waiting === 0 && dead === 0;
  }, WHOLE_WITHIN);
}

const cardsTooMany = (names: readonly string[]): number => [...cardsOf(outage, names).values()].reduce((sum, count) => sum + count - 1, 0);

it('killed -9 while alerts come and cards go out, Redis has lost nothing', async () => {
  const { fire, redis, telegram } = outage;
  const [before, during, after] = ['KillBefore', 'KillDuring', 'KillAfter'].map(prefix => named(prefix, MANY));
  if (!before || !during || !after) throw new Error('there are three');
  await fire(before);
  await eventually(() => telegram.cards().length > 0, { withinMs: 20_000, everyMs: 2 });
  expect(telegram.cards().length).toBeLessThan(MANY);
  await redis.kill9();
  await fire(during);
  await eventually(async () => (await answered(503)) > 0, { withinMs: 20_000 });
  await redis.restart();
  await fire(after);
  const all = [...before, ...during, ...after];
  await nothingIsMissing(all);
  await allIsDone();
  expect(cardsTooMany(all)).toBeLessThanOrEqual(AT_ONCE);
}, 240_000);

it('away for a minute while Alertmanager and Sentry send: both are refused, and afterwards nothing is missing', async () => {
  const { fire, redis, sentry, sentryEvent } = outage;
  const names = named('Away', MANY);
  const refusedBefore = await answered(503);
  await redis.halt();
  const awayFrom = performance.now();
  await fire(names.slice(0, MANY / 2));
  expect(await sentryEvent('3001')).toEqual({ status: 503 });
  await eventually(async () => (await answered(503)) >= refusedBefore + MANY / 2, { withinMs: 40_000 });
  await eventually(() => performance.now() - awayFrom > AWAY_MS / 2, { withinMs: AWAY_MS });
  await fire(names.slice(MANY / 2));
  expect(await sentryEvent('3002')).toEqual({ status: 503 });
  await eventually(() => performance.now() - awayFrom > AWAY_MS, { withinMs: AWAY_MS });
  await redis.restart();

  await nothingIsMissing(names);
  await eventually(() => ['3001', '3002'].every(issue => sentry.notes(issue).length === 1), WHOLE_WITHIN);
  const issues = (await outage.reader.all()).filter(({ source }) => source === 'sentry');
  expect(issues.map(({ occurrences }) => occurrences)).toEqual([1, 1]);
  await allIsDone();
  expect(cardsTooMany(names)).toBeLessThanOrEqual(AT_ONCE);
}, 240_000);

it.each([
  [
    'while we are connected',
    'LostConnected',
    // Taken in, and lost with all else.
    async ({ sentryEvent }: OutageStage, admin: Redis) => {
      expect(await sentryEvent('3004')).toEqual({ status: 200 });
      await eventually(async () => (await incidentsOf('3004')).length === 1, { withinMs: 20_000 });
      await admin.flushall();
      return '3004';
    },
  ],
  [
    'while it is away for a moment',
    'LostAway',
    async ({ redis, sentryEvent }: OutageStage, admin: Redis) => {
      await admin.flushall();
      await redis.kill9();
      expect(await sentryEvent('3005')).toEqual({ status: 503 });
      await redis.restart();
      return '3005';
    },
  ],
])(
  'loses all it held %s: what still fires is there again, long before Alertmanager repeats it, and what Sentry says once',
  async (_, prefix, lose) => {
    const names = named(prefix, 20);
    let issue: string;
    await outage.fire(names);
    await nothingIsMissing(names);
    await allIsDone();
    const admin = new Redis(outage.redis.url);
    try {
      // Written down by a turn that knows of it from now on.
      const mark = await admin.get(KEYS.lastGood);
      await eventually(async () => (await admin.get(KEYS.lastGood)) !== mark, { withinMs: 60_000 });
      issue = await lose(outage, admin);
    } finally {
      admin.disconnect();
    }
    await nothingIsMissing(names);
    expect(wrongCounts(await outage.reader.all(), names)).toEqual([]);
    await eventually(async () => (await incidentsOf(issue)).length === 1, WHOLE_WITHIN);
    expect((await incidentsOf(issue)).map(({ occurrences }) => occurrences)).toEqual([1]);
  },
  240_000,
);

describe('Redis that is full', () => {
  const ROOM = 400 * 1024;
  const earlier = named('FullBefore', 20);
  const names = named('FullWhile', 400);

  it('takes no alert and spoils none, and goes on once it has room', async () => {
    const admin = new Redis(outage.redis.url);
    try {
      await outage.fire(earlier);
      await nothingIsMissing(earlier);
      await allIsDone();
      const before = pickedFrom(await outage.reader.all(), earlier);
      const refusedBefore = await answered(503);
      const used = Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
      await admin.config('SET', 'maxmemory', used + ROOM);
      await outage.fire(names);
      await eventually(async () => (await answered(503)) > refusedBefore + 10, { withinMs: 60_000 });
      await eventually(async () => (await outage.sentryEvent('3003').then(told => 'status' in told && told.status)) === 503);

      const full = await outage.reader.all();
      expect(pickedFrom(full, earlier)).toEqual(before);
      const taken = names.filter(name => full.some(({ alertname }) => alertname === name));
      // It filled in the middle of them.
      expect(taken.length).toBeGreaterThan(0);
      expect(taken.length).toBeLessThan(names.length);
      expect(wrongCounts(full, taken)).toEqual([]);
      const made = full.filter(({ alertname }) => alertname.startsWith('FullWhile'));
      expect(made.filter(each => each.timeline[0]?.what !== 'opened' || each.firing !== 1 || each.deliveries.length === 0)).toEqual([]);
      await eventually(async () => (await fetch(`${outage.operator.opsUrl}/readyz`)).status !== 200);
      expect(valueOf(await metricsOf(outage.operator), 'awoooi_redis_up')).toBe(0);
    } finally {
      await admin.config('SET', 'maxmemory', 0);
      admin.disconnect();
    }
    await nothingIsMissing([...earlier, ...names]);
    await eventually(() => outage.sentry.notes('3003').length === 1, WHOLE_WITHIN);
    await allIsDone();
  }, 300_000);
});

function pickedFrom(incidents: readonly IncidentView[], names: readonly string[]): IncidentView[] {
  return incidents.filter(({ alertname }) => names.includes(alertname)).toSorted((a, b) => a.alertname.localeCompare(b.alertname));
}

it('no channel was taken for away because Redis was', () => {
  expect(outage.operator.process().log()).not.toContain('nothing gets through a channel');
});
