import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { type OutageStage, raiseOutageStage, wrongCounts } from '../e2e/outage-stage.ts';
import { eventually } from '../parts/eventually.ts';
import type { Operator } from '../parts/operator.ts';
import { type Feeder, feed } from './feeder.ts';

const MINUTES = Number(process.env['MINUTES'] ?? 60);
/** What raising and ending the stage, and catching up at the end, may take beyond that. */
const MARGIN_MINUTES = 15;
const THIRD_MS = (MINUTES * 60_000) / 3;
/** In a short soak everything lasts shorter. */
const REDIS_AWAY_MS = Math.min(60_000, THIRD_MS / 4);
const TELEGRAM_AWAY_MS = Math.min(10 * 60_000, THIRD_MS / 2);
const CALM_MS = Math.min(30_000, THIRD_MS / 8);
/** From the return of Telegram until every card of what came before it is there, besides what its limits take. */
const CARDS_WITHIN_MS = 75_000;
/** In each of the chats one message a second, and each card may be edited once. */
const MS_PER_CARD = 2_000 / 40;
/** Deliveries that a replica has under way in a channel at once: whatever breaks, the effect of no more may have been had twice. */
const AT_ONCE = 24;
/** An alert a minute for a day: what comes while the token is revoked. */
const A_DAY = 1_440;
/** Fired at once, so that deliveries are under way when a replica is killed: three for each chat. */
const CROWD = 120;
const REPLICAS = 2;
/** How much larger the operator may be in the last quarter of the time than in the first. */
const GROWTH_MIB = 48;
const LOOK = { everyMs: 500 };

interface Struck {
  readonly fault: string;
  readonly lastedMs: number;
  /** Until the last card of what had come before it was mended; undefined where that was not looked at. */
  readonly cardsAfterMs?: number;
  /** Of those cards. */
  readonly cards?: number;
}

let outage: OutageStage;
/** Beside the one that is sent to. It works at the same deliveries, and is killed. */
let mortal: Operator;
let feeder: Feeder;
let incidents: readonly IncidentView[];
let cards: ReadonlyMap<string, number>;
const struck: Struck[] = [];
const parts: { stop(): Promise<void> }[] = [];

beforeAll(
  async () => {
    outage = await raiseOutageStage('incident-soak', part => {
      parts.push(part);
      return part;
    });
    mortal = await outage.replica();
    feeder = feed(outage);
    try {
      await soak();
    } finally {
      await feeder.stop();
    }
    await settled().catch((err: unknown) => console.log('not all was done in the end', err));
    incidents = await outage.reader.all();
    cards = cardsStanding();
    console.log(account());
  },
  (MINUTES + MARGIN_MINUTES) * 60_000,
);
afterAll(async () => {
  for (const part of parts.toReversed()) await part.stop();
});

/**
 * Redis alone; then Redis while the token is revoked for the whole third, in which as many alerts come as in a day; then Telegram away. A
 * replica is killed in each third.
 */
async function soak(): Promise<void> {
  const began = performance.now();
  const { telegram, writeBotToken } = outage;
  await replicaKilled({ telling: true });
  await redisFaultsUntil(began + THIRD_MS);
  const revokedMs = performance.now();
  telegram.setToken('4242:a-token-of-the-soak-that-came-later-000000');
  await feeder.burst(A_DAY);
  await replicaKilled({ telling: false });
  await redisFaultsUntil(began + 2 * THIRD_MS - CALM_MS);
  await until(began + 2 * THIRD_MS);
  writeBotToken(telegram.token);
  await mended('the token revoked', revokedMs);
  const refusedMs = performance.now();
  await telegram.refuse();
  await lasting(TELEGRAM_AWAY_MS);
  await telegram.accept();
  await mended('Telegram away', refusedMs);
  await replicaKilled({ telling: true });
  await until(began + 3 * THIRD_MS);
}

/** In the middle of a crowd of deliveries. Where the crowd can be told of, not before some of it was told and not after all was. */
async function replicaKilled({ telling }: { readonly telling: boolean }): Promise<void> {
  const fromMs = performance.now();
  const crowd = await feeder.burst(CROWD);
  const told = (): number => crowd.filter(name => cardsStanding().has(name)).length;
  if (telling) await eventually(() => told() > 0, { withinMs: 60_000, everyMs: 20 });
  await mortal.kill9();
  if (told() === crowd.length) throw new Error('everybody had been told before the replica was killed, which then proves nothing');
  await mortal.restart();
  struck.push({ fault: 'a replica killed and restarted', lastedMs: performance.now() - fromMs });
}

/** Killed, then away, and so on, with calm between. */
async function redisFaultsUntil(endMs: number): Promise<void> {
  const { redis } = outage;
  for (let turn = 0; performance.now() + REDIS_AWAY_MS + CALM_MS < endMs; turn += 1) {
    await lasting(CALM_MS);
    const fromMs = performance.now();
    const killed = turn % 2 === 0;
    await (killed ? redis.kill9() : redis.halt());
    if (!killed) await lasting(REDIS_AWAY_MS);
    await redis.restart();
    struck.push({ fault: killed ? 'Redis killed and restarted' : 'Redis away', lastedMs: performance.now() - fromMs });
  }
}

const lasting = (ms: number): Promise<unknown> => until(performance.now() + ms);
const until = (endMs: number): Promise<unknown> =>
  eventually(() => performance.now() >= endMs, { withinMs: endMs - performance.now() + 60_000, everyMs: 100 });

async function mended(fault: string, fromMs: number): Promise<void> {
  const mendedMs = performance.now();
  const names = [...feeder.names];
  const before = cardsStanding();
  const missing = names.filter(name => !before.has(name));
  const withinMs = CARDS_WITHIN_MS + missing.length * MS_PER_CARD;
  const stand = (): boolean => {
    const standing = cardsStanding();
    return missing.every(name => standing.has(name));
  };
  const cardsAfterMs = await eventually(() => stand() && performance.now() - mendedMs, { withinMs, ...LOOK }).catch(() => Infinity);
  struck.push({ fault, lastedMs: mendedMs - fromMs, cardsAfterMs, cards: missing.length });
}

/** Nothing waits any more. */
async function settled(): Promise<void> {
  await eventually(
    async () => {
      const { waiting } = await outage.reader.api.deliveries(AbortSignal.timeout(10_000));
      const counts = wrongCounts(await outage.reader.all(), feeder.names);
      return waiting === 0 && counts.length === 0 && feeder.issues.every(issue => outage.sentry.notes(issue).length > 0);
    },
    { withinMs: 240_000, everyMs: 2_000 },
  );
}

/** How many cards stand of each alert that has any. */
function cardsStanding(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of outage.telegram.cards()) {
    const name = /Soak\d{6}/.exec(text)?.[0];
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

const tooMany = (): number => [...cards.values()].reduce((sum, count) => sum + Math.max(0, count - 1), 0);

function account(): string {
  const { names, issues, refusedIssues } = feeder;
  const faults = struck.map(({ fault, lastedMs, cardsAfterMs, cards: held }) => {
    const then = cardsAfterMs === undefined ? '' : `; ${held} cards within ${seconds(cardsAfterMs)} of its end`;
    return `${fault}, ${seconds(lastedMs)}${then}`;
  });
  const sums = `${names.length} alerts, ${issues.length} events of Sentry (${refusedIssues.length} refused); ${incidents.length} incidents, ${tooMany()} cards too many`;
  return [...faults, sums].join('\n');
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

it('broke everything', () => {
  const times = Map.groupBy(struck, ({ fault }) => fault);
  const faults = ['Redis killed and restarted', 'Redis away', 'the token revoked', 'Telegram away', 'a replica killed and restarted'];
  expect(new Set(times.keys())).toEqual(new Set(faults));
  expect(times.get('a replica killed and restarted')).toHaveLength(3);
  expect(struck.find(({ fault }) => fault === 'the token revoked')?.cards).toBeGreaterThanOrEqual(A_DAY);
  expect(feeder.refusedIssues.length).toBeGreaterThan(0);
});

it('made of each alert one incident with one occurrence, and of nothing else', () => {
  expect(wrongCounts(incidents, feeder.names)).toEqual([]);
  expect(incidents).toHaveLength(feeder.names.length + feeder.issues.length);
});

it('has a card of each, and hardly any twice', () => {
  expect(feeder.names.filter(name => !cards.has(name))).toEqual([]);
  expect(tooMany()).toBeLessThanOrEqual(AT_ONCE * REPLICAS * struck.length);
});

it('told Sentry of each event, once', () => {
  expect(feeder.issues.filter(issue => outage.sentry.notes(issue).length !== 1)).toEqual([]);
});

it('brought the cards soon after Telegram was back', () => {
  expect(struck.filter(({ cardsAfterMs }) => cardsAfterMs === Infinity)).toEqual([]);
});

it('left nothing to do, and gave nothing up', async () => {
  expect(await outage.reader.api.deliveries(AbortSignal.timeout(10_000))).toMatchObject({ waiting: 0, dead: 0 });
});

it('did not grow', () => {
  const quarter = Math.floor(feeder.memory.length / 4);
  const [first = 0, last = 0] = [feeder.memory.slice(0, quarter), feeder.memory.slice(-quarter)].map(median);
  console.log(`the operator: ${first.toFixed(0)} MiB in the first quarter, ${last.toFixed(0)} MiB in the last`);
  expect(last).toBeLessThan(first + GROWTH_MIB);
});

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
