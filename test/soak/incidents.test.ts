import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { cardsOf, type OutageStage, raiseOutageStage, wrongCounts } from '../e2e/outage-stage.ts';
import { eventually } from '../parts/eventually.ts';
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
    await outage.replica();
    feeder = feed(outage);
    try {
      await soak();
    } finally {
      await feeder.stop();
    }
    await settled().catch((err: unknown) => console.log('not all was done in the end', err));
    incidents = await outage.reader.all();
    cards = cardsOf(outage, feeder.names);
    console.log(account());
  },
  (MINUTES + MARGIN_MINUTES) * 60_000,
);
afterAll(async () => {
  for (const part of parts.toReversed()) await part.stop();
});

/** Redis alone; then Redis while the token is revoked for the whole third; then Telegram away. */
async function soak(): Promise<void> {
  const began = performance.now();
  const { telegram, writeBotToken } = outage;
  await redisFaultsUntil(began + THIRD_MS);
  const revokedMs = performance.now();
  telegram.setToken('4242:a-token-of-the-soak-that-came-later-000000');
  await redisFaultsUntil(began + 2 * THIRD_MS - CALM_MS);
  await until(began + 2 * THIRD_MS);
  writeBotToken(telegram.token);
  await mended('the token revoked', revokedMs);
  const refusedMs = performance.now();
  await telegram.refuse();
  await lasting(TELEGRAM_AWAY_MS);
  await telegram.accept();
  await mended('Telegram away', refusedMs);
  await until(began + 3 * THIRD_MS);
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
  const missing = names.filter(name => cardsOf(outage, [name]).get(name) === 0);
  const withinMs = CARDS_WITHIN_MS + missing.length * MS_PER_CARD;
  const stand = (): boolean => [...cardsOf(outage, missing).values()].every(count => count > 0);
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
  const faults = ['Redis killed and restarted', 'Redis away', 'the token revoked', 'Telegram away'];
  expect(new Set(struck.map(({ fault }) => fault))).toEqual(new Set(faults));
  expect(feeder.refusedIssues.length).toBeGreaterThan(0);
});

it('made of each alert one incident with one occurrence, and of nothing else', () => {
  expect(wrongCounts(incidents, feeder.names)).toEqual([]);
  expect(incidents).toHaveLength(feeder.names.length + feeder.issues.length);
});

it('has a card of each, and hardly any twice', () => {
  expect([...cards].filter(([, count]) => count === 0)).toEqual([]);
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
