import { afterEach, beforeEach, expect, it } from 'vitest';
import { CHATS, incidentOf, telegramWorld, type World } from '../../../test/builders/telegram-world.ts';
import { startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import type { Severity } from '../../domain/alerts/alert.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import { telegramChannel } from './incident-channel.ts';

let server: Telegram;
let world: World;

beforeEach(async () => {
  server = await startTelegram({ chats: CHATS });
});
afterEach(() => server.stop());

/** Numbers that look random, the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

interface Comer {
  readonly incident: Incident;
  readonly atMs: number;
}

/** An outbox by the world's clock: gives each out at its time or up to 1,250 ms later. Resolves with how long each waited for its card. */
async function waits(comers: readonly Comer[], random: () => number, chatId: string): Promise<Map<string, number>> {
  const port = server.port;
  await server.stop();
  world = telegramWorld(server, { chat: { chatId } }, { random });
  server = await startTelegram({ chats: CHATS, port, now: () => world.deps.now().getTime() });
  server.flood.enforce(true);
  const channel = telegramChannel(world.deps);
  const began = world.deps.now().getTime();
  const waited = new Map<string, number>();
  let due = comers.map(({ incident, atMs }) => ({ incident, cameMs: atMs, atMs: atMs + random() * 250 }));
  for (let ms = 0; due.length > 0; ms += 25, world.pass(25)) {
    if (ms > 600_000) throw new Error(`${due.length} are never sent`);
    const later = due.filter(({ atMs }) => atMs > ms);
    for (const each of due.filter(({ atMs }) => atMs <= ms)) {
      const done = await world.deliver(channel, each.incident);
      if (done.is === 'postponed') later.push({ ...each, atMs: ms + done.afterMs + random() * 1_250 });
      else waited.set(each.incident.id, world.deps.now().getTime() - began - each.cameMs);
    }
    due = later;
  }
  expect(server.flood.measured().refused).toBe(0);
  expect(server.cards()).toHaveLength(comers.length);
  return waited;
}

const comer = (severity: Severity, atMs: number): Comer => ({ incident: incidentOf({ severity }), atMs });
const warnings = (count: number): Comer[] => Array.from({ length: count }, () => comer('warning', 0));

it.each([
  ['a private chat', '77', 1],
  ['a private chat', '77', 2],
  ['a private chat', '77', 3],
  ['a group', '-1001', 4],
  ['a group', '-1001', 5],
])('a critical card waits for no crowd of warnings in %s (%s, %i)', async (_, chatId, seed) => {
  const critical = [5_000, 9_100, 12_350].map(atMs => comer('critical', atMs));
  const waited = await waits([...warnings(40), ...critical], seeded(seed), chatId);
  const longest = Math.max(...critical.map(({ incident }) => waited.get(incident.id) ?? Infinity));
  expect(longest).toBeLessThanOrEqual(3_000);
});

it('critical cards of one chat go out in the order in which they came, about', async () => {
  const critical = Array.from({ length: 15 }, (_, n) => comer('critical', 3_000 + n * 500));
  const waited = await waits([...warnings(40), ...critical], seeded(6), '77');
  const sentAt = critical.map(({ incident, atMs }) => atMs + (waited.get(incident.id) ?? Infinity));
  const late = sentAt.map((at, n) => at - (3_000 + n * 1_000));
  // One a second and some way back and forth; not the first ones last.
  expect(Math.max(...late)).toBeLessThanOrEqual(12_000);
  expect(sentAt[0]).toBeLessThanOrEqual(6_000);
});

it('a critical incident that never comes back holds the others up for seconds only', async () => {
  const { deps, deliver, pass } = telegramWorld(server, { chat: { chatId: '77' } });
  const channel = telegramChannel(deps);
  await deliver(channel, incidentOf());
  const gone = await deliver(channel, incidentOf({ severity: 'critical' }));
  expect(gone).toEqual({ is: 'postponed', afterMs: 1_000 });
  pass(1_000);
  const warning = incidentOf();
  expect(await deliver(channel, warning)).toMatchObject({ is: 'postponed' });
  pass(5_000);
  expect(await deliver(channel, warning)).toMatchObject({ is: 'delivered' });
});
