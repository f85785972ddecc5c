import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHATS, incidentOf, telegramWorld } from '../../../test/builders/telegram-world.ts';
import { type StandInChat, startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import { telegramRepeatChannel } from './critical-channels.ts';
import { telegramChannel } from './incident-channel.ts';

const NAMED: StandInChat = { id: -1009, type: 'supergroup', username: 'ops' };
const GROUP: StandInChat = { id: -5, type: 'group' };

let server: Telegram;

beforeEach(async () => {
  server = await startTelegram({ chats: [...CHATS, NAMED, GROUP] });
});
afterEach(() => server.stop());

const later = (incident: Incident): Incident => ({ ...incident, revision: incident.revision + 1, occurrences: 2, status: 'acknowledged' });

describe('a chat that is set up by its name', () => {
  it.each([
    ['by its name', { chatId: '@ops' }, undefined],
    ['by the id that it had as a group', { chatId: '-5' }, -1009],
  ])('has one budget %s, for cards and their edits together', async (_, chat, migratedTo) => {
    const world = telegramWorld(server, { chat });
    const channel = telegramChannel(world.deps);
    await server.stop();
    server = await startTelegram({ chats: [...CHATS, NAMED], port: server.port, now: () => world.deps.now().getTime() });
    if (migratedTo !== undefined) server.setChat({ ...GROUP, migratedTo });
    server.flood.enforce(true);
    let due = Array.from({ length: 40 }, () => incidentOf({ severity: 'critical' }));
    for (let turns = 0; due.length > 0; turns++, world.pass(250)) {
      if (turns > 2_000) throw new Error(`${due.length} are never told`);
      const again: Incident[] = [];
      for (const each of due) {
        const done = await world.deliver(channel, each);
        if (done.is === 'postponed') again.push(each);
        else if (each.revision === 1) again.push(later(each));
      }
      due = again;
    }
    expect(server.flood.measured().refused).toBe(0);
    expect(server.cards().map(({ edits }) => Math.min(edits, 1))).toEqual(Array(40).fill(1));
  });

  it.each([
    ['edit', (incident: Incident) => later(incident)],
    ['card', () => incidentOf()],
  ])('takes nothing while Telegram lets no %s through, of whichever channel', async (_, next) => {
    const { deps, deliver, pass } = telegramWorld(server, { chat: { chatId: '@ops' } });
    const channel = telegramChannel(deps);
    const repeat = telegramRepeatChannel({ ...deps, repeatAfterMs: 0, note: async () => {} });
    const incident = incidentOf();
    await deliver(channel, incident);
    pass(1_000);
    await deliver(channel, incident);
    pass(1_000);
    server.limit(30);
    await expect(deliver(channel, next(incident))).rejects.toMatchObject({ fault: 'rate-limited' });
    server.mend();
    const before = server.requests.length;
    pass(1_000);
    const critical = incidentOf({ severity: 'critical' });
    expect(await deliver(channel, critical)).toEqual({ is: 'postponed', afterMs: 29_000 });
    expect(await deliver(repeat, critical)).toEqual({ is: 'postponed', afterMs: 29_000 });
    expect(await deliver(channel, later(incident))).toMatchObject({ is: 'postponed', afterMs: 29_000 });
    expect(server.requests.length).toBe(before);
  });
});

describe('a group that became a supergroup', () => {
  it('is told once, with its old id and its new one', async () => {
    server.setChat({ ...GROUP, migratedTo: -1001 });
    const { deps, deliver, pass, moved } = telegramWorld(server, { chat: { chatId: '-5' } });
    const channel = telegramChannel(deps);
    expect(deps.chatBook.moved()).toEqual([]);
    for (let n = 0; n < 2; n++, pass(2_000)) await deliver(channel, incidentOf());
    expect(moved).toEqual([{ from: '-5', to: '-1001' }]);
    expect(deps.chatBook.moved()).toEqual(moved);
  });

  it('is not every chat that has a name', async () => {
    const { deps, deliver, moved } = telegramWorld(server, { chat: { chatId: '@ops' } });
    await deliver(telegramChannel(deps), incidentOf());
    expect([moved, deps.chatBook.moved()]).toEqual([[], []]);
  });
});

describe('what keeps cards from a chat', () => {
  it.each([
    ['by its id', '-1009'],
    ['by its name', '@ops'],
  ])('is known until the chat, set up %s, takes something again', async (_, chatId) => {
    const world = telegramWorld(server, { chat: { chatId }, severityChats: [{ key: 'info', chat: { chatId: '-1002' } }] });
    const { deps, deliver, pass } = world;
    const channel = telegramChannel(deps);
    const incident = incidentOf();
    await deliver(channel, incident);
    expect(deps.chatBook.problem()).toBeUndefined();
    pass(2_000);
    server.setChat({ ...NAMED, bot: 'kicked' });
    await expect(deliver(channel, later(incident))).rejects.toMatchObject({ fault: 'forbidden' });
    expect(deps.chatBook.problem()).toMatch(
      new RegExp(`^the last card for chat ${chatId} could not be sent or edited \\(2026-11-26T10:00:03.000Z\\): .*403.*bot was kicked`),
    );
    await deliver(channel, incidentOf({ severity: 'info' }));
    expect(deps.chatBook.problem()).toContain('kicked');
    server.setChat(NAMED);
    pass(2_000);
    await deliver(channel, later(incident));
    expect(deps.chatBook.problem()).toBeUndefined();
  });

  it('is known of a chat that never took anything', async () => {
    const { deps, deliver } = telegramWorld(server, { chat: { chatId: '-999' } });
    await expect(deliver(telegramChannel(deps), incidentOf())).rejects.toMatchObject({ fault: 'rejected' });
    expect(deps.chatBook.problem()).toMatch(/chat -999 .*chat not found/);
  });

  it('is the latest of several chats, and nothing of one that is no longer set up', async () => {
    const { deps, deliver, pass } = telegramWorld(server, {
      chat: { chatId: '-998' },
      severityChats: [{ key: 'info', chat: { chatId: '-999' } }],
    });
    const channel = telegramChannel(deps);
    await expect(deliver(channel, incidentOf({ severity: 'info' }))).rejects.toMatchObject({ fault: 'rejected' });
    pass(1_000);
    await expect(deliver(channel, incidentOf())).rejects.toMatchObject({ fault: 'rejected' });
    expect(deps.chatBook.problem()).toMatch(/chat -998 /);
    // The settings changed, and cards from before stand where they did.
    const { chatBook } = telegramWorld(server, { chat: { chatId: '-1001' } }).deps;
    pass(1_000);
    await expect(deliver(telegramChannel({ ...deps, chatBook }), incidentOf())).rejects.toMatchObject({ fault: 'rejected' });
    expect(chatBook.problem()).toBeUndefined();
  });
});
