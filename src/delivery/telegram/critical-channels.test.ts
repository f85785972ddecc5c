import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BUTTON_SECRET, CHATS, incidentOf, OPENED, telegramWorld, type World } from '../../../test/builders/telegram-world.ts';
import { startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import { verifiedPress } from '../../domain/cards/press-data.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { DeliveryChannel } from '../channel.ts';
import { telegramEscalationChannel, telegramRepeatChannel } from './critical-channels.ts';
import { telegramChannel } from './incident-channel.ts';

let server: Telegram;
let world: World;
let notes: string[];
let noting: boolean;
let repeat: DeliveryChannel;
let escalation: DeliveryChannel;
let incident: Incident;

beforeEach(async () => {
  server = await startTelegram({ chats: CHATS });
  [notes, noting] = [[], true];
  setUp({ escalationChat: { chatId: '77' } });
  incident = incidentOf({ severity: 'critical' });
});
afterEach(() => server.stop());

const note = async (id: string, { what, who, detail }: { what: string; who: string; detail?: string }): Promise<void> => {
  if (!noting) throw new PortError('unavailable', 'Redis is away');
  notes.push(`${id} ${what} ${who} ${detail}`);
};

function setUp(settings: Parameters<typeof telegramWorld>[1]): void {
  world = telegramWorld(server, settings);
  repeat = telegramRepeatChannel({ ...world.deps, repeatAfterMs: 60_000, note });
  escalation = telegramEscalationChannel({ ...world.deps, repeatAfterMs: 60_000, note });
}

describe('the reminder', () => {
  it('answers the card in its chat, with a sound, once, and is noted', async () => {
    await world.deliver(telegramChannel(world.deps), incident);
    world.pass(600_000);
    expect(await world.deliver(repeat, incident)).toMatchObject({ is: 'delivered' });
    expect(server.cards()[1]).toMatchObject({ chatId: -1001, replyTo: 1, text: expect.stringContaining('Nobody has acknowledged') });
    expect(server.cards()[1]?.text).toContain(incident.id);
    expect(server.cards()[1]).not.toHaveProperty('quiet');
    expect(notes).toEqual([`${incident.id} escalated operator told again in Telegram chat -1001`]);
    world.pass(60_000);
    expect(await world.deliver(repeat, incident)).toMatchObject({ is: 'skipped', reason: 'it was told already' });
    expect(server.sent).toHaveLength(2);
  });

  it('comes again once the incident opened again', async () => {
    await world.deliver(repeat, incident);
    world.pass(60_000);
    const timeline = [...incident.timeline, { at: new Date(OPENED.getTime() + 30_000), what: 'reopened' as const, who: 'alertmanager' }];
    expect(await world.deliver(repeat, { ...incident, timeline })).toMatchObject({ is: 'delivered' });
    expect(server.sent).toHaveLength(2);
  });

  it('is noted also where that failed at first, and not told twice', async () => {
    noting = false;
    await expect(world.deliver(repeat, incident)).rejects.toMatchObject({ fault: 'unavailable' });
    noting = true;
    world.pass(10_000);
    expect(await world.deliver(repeat, { ...incident, status: 'acknowledged' })).toMatchObject({ is: 'delivered' });
    expect(server.sent).toHaveLength(1);
    expect(notes).toHaveLength(1);
  });
});

describe('the escalation', () => {
  it('is the whole card, in the second chat, and is noted', async () => {
    await world.deliver(telegramChannel(world.deps), incident);
    expect(await world.deliver(escalation, incident)).toMatchObject({ is: 'delivered', memo: { chatId: '77' } });
    const [card, second] = server.cards();
    expect(second).toMatchObject({ chatId: 77, text: expect.stringMatching(/^⏫ Escalated: nobody/) });
    expect(second?.text).toContain(card?.text);
    // Signed for their own chat.
    expect(second?.buttons.flat().map(({ text }) => text)).toEqual(card?.buttons.flat().map(({ text }) => text));
    expect(second?.buttons.flat()[0]?.data).not.toBe(card?.buttons.flat()[0]?.data);
    expect(notes).toEqual([`${incident.id} escalated operator told in the second Telegram chat 77`]);
  });

  it('has buttons that are signed for the chat where it arrived, be that set up by its name', async () => {
    server.setChat({ id: -1009, type: 'supergroup', username: 'second' });
    setUp({ escalationChat: { chatId: '@second' } });
    await world.deliver(telegramChannel(world.deps), incident);
    expect(await world.deliver(escalation, incident)).toMatchObject({ is: 'postponed', afterMs: 1_000 });
    world.pass(1_000);
    expect(await world.deliver(escalation, incident)).toMatchObject({ is: 'delivered', memo: { chatId: '-1009' } });
    const second = server.cards()[1];
    expect(second).toMatchObject({ chatId: -1009, edits: 1 });
    const data = second?.buttons.flat()[0]?.data ?? '';
    expect(verifiedPress(data, '-1009', [BUTTON_SECRET])).toMatchObject({ action: 'acknowledge' });
    expect([server.cards().length, notes]).toEqual([2, [`${incident.id} escalated operator told in the second Telegram chat @second`]]);
  });

  it('is brought up to date with the first card', async () => {
    const first = telegramChannel(world.deps);
    await world.deliver(first, incident);
    await world.deliver(escalation, incident);
    const timeline = [...incident.timeline, { at: OPENED, what: 'acknowledged' as const, who: 'telegram:mia (9)' }];
    const acknowledged: Incident = { ...incident, revision: 2, status: 'acknowledged', timeline };
    world.pass(2_000);
    expect(await world.deliver(first, acknowledged)).toMatchObject({ is: 'delivered' });
    expect(server.cards().map(({ edits }) => edits)).toEqual([1, 1]);
    expect(server.cards()[1]?.text).toMatch(/^⏫[^]*acknowledged by telegram:mia/);
    const before = server.requests.length;
    expect(await world.deliver(first, acknowledged)).toMatchObject({ is: 'delivered' });
    expect(server.requests.length).toBe(before);
  });

  it('waits for its turn, and the first card is not edited again meanwhile', async () => {
    setUp({ escalationChat: { chatId: '-1001' } });
    const first = telegramChannel(world.deps);
    await world.deliver(first, incident);
    world.pass(1_000);
    await world.deliver(escalation, incident);
    world.pass(1_000);
    const resolved: Incident = { ...incident, revision: 2, status: 'resolved' };
    expect(await world.deliver(first, resolved)).toMatchObject({ is: 'postponed', afterMs: 1_000 });
    world.pass(1_000);
    expect(await world.deliver(first, resolved)).toMatchObject({ is: 'delivered', memo: { revision: '2' } });
    expect(server.cards().map(({ edits }) => edits)).toEqual([1, 1]);
  });

  it('does not make the first card come again, however often its own fails', async () => {
    const first = telegramChannel(world.deps);
    await world.deliver(first, incident);
    await world.deliver(escalation, incident);
    world.pass(2_000);
    server.deleteMessage(-1001, 1);
    server.breakWith({ is: 'reset' }, ({ path, body }) => path.endsWith('/editMessageText') && body.includes('"77"'));
    const resolved: Incident = { ...incident, revision: 2, status: 'resolved' };
    for (let n = 0; n < 3; n++, world.pass(2_000)) await world.deliver(first, resolved).catch(() => undefined);
    expect(server.cards().filter(({ chatId }) => chatId === -1001)).toHaveLength(1);
    server.mend();
    expect(await world.deliver(first, resolved)).toMatchObject({ is: 'delivered' });
    expect(server.cards().find(({ chatId }) => chatId === 77)).toMatchObject({ edits: 1 });
  });

  it('does not hold up the first card where the second chat keeps us out', async () => {
    const first = telegramChannel(world.deps);
    await world.deliver(first, incident);
    await world.deliver(escalation, incident);
    world.pass(2_000);
    server.setChat({ id: 77, type: 'private', bot: 'blocked' });
    expect(await world.deliver(first, { ...incident, revision: 2, status: 'resolved' })).toMatchObject({ is: 'delivered' });
    expect(server.cards()[0]).toMatchObject({ edits: 1 });
  });

  it('is skipped without a second chat', async () => {
    setUp({});
    expect(await world.deliver(escalation, incident)).toMatchObject({
      is: 'skipped',
      reason: expect.stringContaining('TG_ESCALATION_CHAT_ID'),
    });
  });
});

const pending = (over: Partial<Incident> = {}): Incident => {
  const deliveries = [{ channel: 'telegram', state: 'pending' as const, at: OPENED, attempts: 3, memo: {} }];
  return { ...incident, deliveries, ...over };
};

describe("while the incident's own card is on its way", () => {
  it('the reminder waits, and counts its time from the card', async () => {
    for (let n = 0; n < 20; n++, world.pass(60_000)) expect(await world.deliver(repeat, pending())).toMatchObject({ is: 'postponed' });
    expect(server.sent).toEqual([]);
    await world.deliver(telegramChannel(world.deps), pending());
    world.pass(5_000);
    // An edit that waits, or was made, changes nothing of that.
    await world.deliver(telegramChannel(world.deps), pending({ links: { runbook: 'https://runbooks.example.com/cart' } }));
    world.pass(5_000);
    expect(await world.deliver(repeat, pending())).toEqual({ is: 'postponed', afterMs: 50_000 });
    world.pass(50_000);
    expect(await world.deliver(repeat, pending())).toMatchObject({ is: 'delivered' });
    expect(server.cards()).toMatchObject([{ edits: 1 }, { replyTo: 1 }]);
  });

  it('the reminder waits also for the card that tells that it turned critical, or opened again', async () => {
    await world.deliver(telegramChannel(world.deps), { ...incident, severity: 'warning' });
    world.pass(600_000);
    expect(await world.deliver(repeat, pending())).toMatchObject({ is: 'postponed' });
    await world.deliver(telegramChannel(world.deps), pending());
    world.pass(600_000);
    const timeline = [...incident.timeline, { at: world.deps.now(), what: 'reopened' as const, who: 'alertmanager' }];
    expect(await world.deliver(repeat, pending({ timeline }))).toMatchObject({ is: 'postponed' });
    expect(server.cards()).toHaveLength(2);
  });

  it('the escalation waits, though not for ever: the first chat may keep us out', async () => {
    expect(await world.deliver(escalation, pending())).toMatchObject({ is: 'postponed' });
    expect(server.sent).toEqual([]);
    const since = world.deps.now();
    world.pass(10 * 60_000);
    expect(await world.deliver(escalation, pending(), since)).toMatchObject({ is: 'delivered' });
  });

  it('the escalation follows once the card is there', async () => {
    await world.deliver(telegramChannel(world.deps), pending());
    expect(await world.deliver(escalation, pending())).toMatchObject({ is: 'delivered' });
  });
});

describe('both', () => {
  it.each<[string, Partial<Incident>]>([
    ['the incident is acknowledged', { status: 'acknowledged' }],
    ['the incident is resolved', { status: 'resolved' }],
    ['the incident is not critical', { severity: 'error' }],
  ])('are skipped where %s', async (reason, over) => {
    for (const channel of [repeat, escalation]) {
      expect(await world.deliver(channel, { ...incident, ...over })).toEqual({ is: 'skipped', reason });
    }
    expect(server.sent).toEqual([]);
  });

  it('keep to the limits', async () => {
    await world.deliver(repeat, incidentOf({ severity: 'critical' }));
    expect(await world.deliver(repeat, incident)).toEqual({ is: 'postponed', afterMs: 1_000 });
  });
});
