import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import type { Fault } from '../servers/http-server.ts';
import { cardsOf, named, type OutageStage, raiseOutageStage, wrongCounts } from './outage-stage.ts';
import { metricsOf, valueOf } from './stage.ts';

const MANY = 40;
/** How long Telegram is away at least; ten minutes in `make soak`. */
const AWAY_MS = 20_000;
/** From its return until the last card is there. */
const BACK_WITHIN = { withinMs: 75_000, everyMs: 200 };

let outage: OutageStage;
let redis: Redis;
const parts: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  outage = await raiseOutageStage('telegram-outages', part => {
    parts.push(part);
    return part;
  });
  redis = new Redis(outage.redis.url);
});
afterAll(async () => {
  redis?.disconnect();
  for (const part of parts.toReversed()) await part.stop();
});
beforeEach(() => outage.telegram.mend());

const entries = async (): Promise<number> => valueOf(await metricsOf(outage.operator), 'awoooi_outbox_waiting') ?? 0;
const channelOpen = async (channel: string): Promise<number | undefined> =>
  valueOf(await metricsOf(outage.operator), `awoooi_channel_blocked{channel="${channel}"}`);
const hooked = (name: string): boolean => outage.hook.requests.some(({ body }) => body.includes(`"${name}"`));
const incidents = () => outage.reader.all();

/** Everything but Telegram has what it should have. */
async function othersAreTold(names: readonly string[], issue: string): Promise<void> {
  await eventually(async () => wrongCounts(await incidents(), names).length === 0, { withinMs: 30_000 });
  await eventually(() => names.every(hooked) && outage.sentry.notes(issue).length === 1, { withinMs: 20_000 });
}

/** Every card stands, once, and says what the incident is now. */
async function cardsStand(names: readonly string[], more = 0): Promise<void> {
  await eventually(() => [...cardsOf(outage, names).values()].every(count => count > 0), BACK_WITHIN).catch((err: unknown) => {
    const missing = [...cardsOf(outage, names)].filter(([, count]) => count === 0).map(([name]) => name);
    throw new Error(`without a card: ${missing.join(', ')}\n${outage.operator.process().log().slice(-5_000)}`, { cause: err });
  });
  const twice = [...cardsOf(outage, names)].filter(([, count]) => count > 1);
  expect(twice.length).toBeLessThanOrEqual(more);
  const [resolved = ''] = names;
  await eventually(() => outage.telegram.cards().some(({ text }) => text.includes(resolved) && /resolved/i.test(text)), BACK_WITHIN);
}

/** In flight when it went away, and their effect may have been had: at most so many at once in a channel. */
const AT_ONCE = 24;

describe.each<[string, { away: () => unknown; back: () => unknown; twice: number }]>([
  ['refuses connections', { away: () => outage.telegram.refuse(), back: () => outage.telegram.accept(), twice: AT_ONCE }],
  ['answers 500', { ...broken({ is: 'answer', reply: { status: 500, body: 'Internal Server Error' } }), twice: 0 }],
  ['hangs', { ...broken({ is: 'hang' }), twice: 0 }],
])('while Telegram %s', (word, { away, back, twice }) => {
  const prefix = `Tg${word.replaceAll(/\W/g, '')}`;
  const names = named(prefix, MANY);
  const issue = String(1_000 + word.length);

  it('alerts are taken, others are told, Redis does not grow, and afterwards every card is there', async () => {
    const awayFrom = performance.now();
    await away();
    await outage.fire(names);
    expect(await outage.sentryEvent(issue)).toEqual({ status: 200 });
    await othersAreTold(names, issue);
    await eventually(async () => (await channelOpen('telegram')) === 1, { withinMs: 60_000 });
    // One entry for each incident, its Sentry issue included, whatever was tried and however often.
    await eventually(async () => (await entries()) === MANY + 1, { withinMs: 20_000 });
    const keys = await redis.dbsize();
    const [first = ''] = names;
    await outage.resolve([first]);
    await eventually(async () => (await incidents()).some(({ alertname, status }) => alertname === first && status === 'resolved'), {
      withinMs: 30_000,
    });
    await eventually(() => performance.now() - awayFrom > AWAY_MS, { withinMs: 2 * AWAY_MS });
    expect(await entries()).toBe(MANY + 1);
    expect(await redis.dbsize()).toBeLessThan(keys + 20);
    expect(refused(await metricsOf(outage.operator))).toBe(0);

    await back();
    await cardsStand(names, twice);
    await eventually(async () => (await entries()) === 0 && (await channelOpen('telegram')) === 0, { withinMs: 20_000 });
  }, 240_000);
});

function broken(fault: Fault) {
  return { away: () => outage.telegram.breakWith(fault), back: () => outage.telegram.mend() };
}

/** Answers of the intake that are no success. */
function refused(page: string): number {
  const lines = page.split('\n').filter(line => /^http_requests_total\{.*path="\/api\/v1\/webhooks\/(alertmanager|sentry)/.test(line));
  return lines.filter(line => !line.includes('status="200"')).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

it('a token that is revoked while alerts come and replaced in its file brings every card, without a restart', async () => {
  const { telegram, operator } = outage;
  const pid = operator.process().pid;
  const names = named('TgRevoked', MANY);
  const before = telegram.token;
  telegram.setToken('4242:a-new-token-that-nobody-knows-yet-0000');
  await outage.fire(names);
  await othersAreTold(names, await told('2001'));
  await eventually(async () => (await channelOpen('telegram')) === 1, { withinMs: 60_000 });
  await outage.resolve(names.slice(0, 1));
  await eventually(async () => (await incidents()).some(each => each.alertname === names[0] && each.status === 'resolved'), {
    withinMs: 30_000,
  });
  expect([...cardsOf(outage, names).values()]).toEqual(names.map(() => 0));

  outage.writeBotToken(telegram.token);
  await cardsStand(names);
  expect(operator.process()).toMatchObject({ pid });
  expect(operator.process().log()).not.toContain(before);
  expect(operator.process().log()).not.toContain(telegram.token);
}, 240_000);

async function told(issue: string): Promise<string> {
  expect(await outage.sentryEvent(issue)).toEqual({ status: 200 });
  return issue;
}
