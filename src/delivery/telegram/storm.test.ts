import { afterEach, beforeEach, expect, it } from 'vitest';
import { CHATS, incidentOf, telegramWorld, type World } from '../../../test/builders/telegram-world.ts';
import { startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import { memoryStorms } from '../../adapters/memory/storms.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import type { DeliveryChannel } from '../channel.ts';
import { telegramChannel } from './incident-channel.ts';

let server: Telegram;
let world: World;
let channel: DeliveryChannel;

beforeEach(async () => {
  server = await startTelegram({ chats: CHATS });
  world = telegramWorld(server, { stormThreshold: 3 });
  channel = telegramChannel(world.deps);
});
afterEach(() => server.stop());

const many = (count: number, over: Partial<Incident> = {}): Incident[] => Array.from({ length: count }, () => incidentOf(over));
const stormCards = () => server.cards().filter(({ text }) => text.startsWith('🌊'));

/** Hands each out again, a second later, until all are done; says how many are left after each turn. */
async function workedOff(incidents: readonly Incident[]): Promise<number[]> {
  const left: number[] = [];
  for (let waiting = [...incidents]; waiting.length > 0; left.push(waiting.length)) {
    if (left.length > 400) throw new Error(`${waiting.length} are never done`);
    const again: Incident[] = [];
    for (const incident of waiting) if ((await world.deliver(channel, incident)).is === 'postponed') again.push(incident);
    waiting = again;
    world.pass(1_000);
  }
  return left;
}

it('has one card that counts all but those that were told before', async () => {
  await workedOff(many(3));
  await workedOff([...many(40), ...many(7, { severity: 'error', name: 'Down' })]);
  expect(server.cards()).toHaveLength(4);
  expect(stormCards()[0]?.text).toMatch(/^🌊 47 new incidents at once\n\nerror: 7 · warning: 40\n\n40× DiskFull\n7× Down\n/);
});

it('takes those too that still wait for a card of their own', async () => {
  const left = await workedOff(many(50));
  expect(server.cards()).toHaveLength(2);
  expect(stormCards()[0]?.text).toContain('🌊 49 new');
  // Edits are few: each counts all that came meanwhile.
  expect(left.length).toBeLessThan(10);
});

it('never takes the card of a critical incident', async () => {
  const critical = many(3, { severity: 'critical' });
  await workedOff([...many(30), ...critical]);
  const texts = server.cards().map(({ text }) => text);
  for (const { id } of critical) expect(texts.filter(text => text.includes(id))).toHaveLength(1);
});

it('leaves no incident done before a card counts it', async () => {
  await workedOff(many(3));
  const fourth = incidentOf();
  expect(await world.deliver(channel, fourth)).toMatchObject({ is: 'delivered' });
  expect(stormCards()[0]?.text).toContain('🌊 1 new');
  const fifth = incidentOf();
  expect(await world.deliver(channel, fifth)).toMatchObject({ is: 'postponed' });
  expect(stormCards()[0]?.text).toContain('🌊 1 new');
  world.pass(2_000);
  server.breakWith({ is: 'reset' });
  await expect(world.deliver(channel, fifth)).rejects.toMatchObject({ fault: 'unreachable' });
  server.mend();
  world.pass(2_000);
  expect(await world.deliver(channel, fifth)).toMatchObject({ is: 'delivered' });
  expect(stormCards()[0]).toMatchObject({ text: expect.stringContaining('🌊 2 new'), edits: 1 });
});

it('has one card also where another replica sent it between joining and sending', async () => {
  await workedOff(many(3));
  const fast = incidentOf();
  const storms = memoryStorms({ now: world.deps.now });
  const claim: typeof storms.claim = async (...given) => {
    if (stormCards().length === 0) {
      await world.deliver(telegramChannel({ ...world.deps, storms }), fast);
      world.pass(2_000);
    }
    return storms.claim(...given);
  };
  const slow = telegramChannel({ ...world.deps, storms: { ...storms, opened: async () => 100, claim } });
  for (const key of ['a', 'b', 'c', 'd']) await storms.opened({ key, at: fast.openedAt }, AbortSignal.timeout(1_000));
  expect(await world.deliver(slow, incidentOf())).toMatchObject({ is: 'delivered' });
  expect(stormCards()).toMatchObject([{ text: expect.stringContaining('🌊 2 new') }]);
});

it('counts nobody again in a second storm who was counted by another in the first', async () => {
  // Each storm ends as soon as its card shows all of it.
  world = telegramWorld(server, { stormThreshold: 3 }, { storms: memoryStorms({ idleMs: -1, now: () => new Date() }) });
  channel = telegramChannel(world.deps);
  await workedOff(many(3));
  const [a = incidentOf(), ...rest] = many(4);
  server.breakWith({ is: 'reset' });
  await expect(world.deliver(channel, a)).rejects.toMatchObject({ fault: 'unreachable' });
  server.mend();
  for (const each of [...rest.slice(0, 2), a, ...rest.slice(2)]) {
    world.pass(2_000);
    expect(await world.deliver(channel, each)).toMatchObject({ is: 'delivered' });
  }
  expect(stormCards().map(({ text }) => Number(/\d+/.exec(text)?.[0]))).toEqual([2, 1, 1]);
});

it('needs no call for those that a card counts already', async () => {
  const incidents = many(40);
  await workedOff(incidents);
  const before = server.requests.length;
  for (const incident of incidents.slice(10)) expect(await world.deliver(channel, incident)).toMatchObject({ is: 'delivered' });
  expect(server.requests.length).toBe(before);
});

it('gives an incident a card of its own once it turns critical', async () => {
  const incidents = many(10);
  await workedOff(incidents);
  const [last = incidentOf()] = incidents.slice(-1);
  expect(await world.deliver(channel, { ...last, revision: 2, severity: 'critical' })).toMatchObject({ is: 'delivered' });
  expect(server.cards().at(-1)?.text).toContain(last.id);
});

it('sends its card anew where somebody deleted it', async () => {
  await workedOff(many(3));
  await workedOff(many(2));
  const [{ messageId } = { messageId: 0 }] = stormCards();
  server.deleteMessage(-1001, messageId);
  await workedOff(many(1));
  expect(stormCards()).toMatchObject([{ text: expect.stringContaining('🌊 3 new') }]);
});

it('is off with a threshold of 0', async () => {
  world = telegramWorld(server, { stormThreshold: 0 });
  channel = telegramChannel(world.deps);
  await workedOff(many(12));
  expect(server.cards()).toHaveLength(12);
});
