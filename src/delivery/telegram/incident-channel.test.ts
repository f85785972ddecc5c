import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHATS, incidentOf, OPENED, telegramWorld } from '../../../test/builders/telegram-world.ts';
import { startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import { overnight } from './settings.ts';
import { telegramChannel } from './incident-channel.ts';

let server: Telegram;

beforeEach(async () => {
  server = await startTelegram({ chats: CHATS });
});
afterEach(() => server.stop());

const later = (incident: Incident, over: Partial<Incident>): Incident => ({ ...incident, revision: incident.revision + 1, ...over });
const acknowledged = (incident: Incident): Incident =>
  later(incident, {
    status: 'acknowledged',
    timeline: [...incident.timeline, { at: OPENED, what: 'acknowledged', who: 'telegram:mia (5)' }],
  });
const reopened = (incident: Incident): Incident =>
  later(incident, {
    status: 'open',
    timeline: [...incident.timeline, { at: new Date(OPENED.getTime() + 60_000), what: 'reopened', who: 'alertmanager' }],
  });

describe('a new incident', () => {
  it('gets a card, and none again', async () => {
    const { deps, deliver } = telegramWorld(server);
    const channel = telegramChannel(deps);
    const incident = incidentOf();
    expect(await deliver(channel, incident)).toMatchObject({ is: 'delivered', memo: { chatId: '-1001', messageId: '1', revision: '1' } });
    expect(await deliver(channel, incident)).toMatchObject({ is: 'delivered', memo: { messageId: '1' } });
    expect(server.cards()).toHaveLength(1);
    expect(server.cards()[0]).toMatchObject({ edits: 0, text: expect.stringContaining('The disk of cart is full.') });
  });

  it.each([
    ['critical', { chatId: -1002 }],
    ['warning', { chatId: -1001, threadId: 7 }],
  ] as const)('of severity %s goes to the chat that is meant for it', async (severity, expected) => {
    const severityChats = [{ key: 'critical', chat: { chatId: '-1002' } }] as const;
    const { deps, deliver } = telegramWorld(server, { chat: { chatId: '-1001', threadId: 7 }, severityChats });
    await deliver(telegramChannel(deps), incidentOf({ severity }));
    expect(server.cards()[0]).toMatchObject(expected);
  });

  it('has no buttons where nobody may press them', async () => {
    const { deps, deliver } = telegramWorld(server, {}, { buttonSecret: () => undefined });
    await deliver(telegramChannel(deps), incidentOf());
    expect(server.cards()[0]?.buttons).toEqual([]);
  });

  it('has buttons that are signed for the chat where it arrived, be that another than was asked for', async () => {
    server.setChat({ id: -5, type: 'group', migratedTo: -1001 });
    const { deps, deliver, memo, pass } = telegramWorld(server, { chat: { chatId: '-5' } });
    const channel = telegramChannel(deps);
    const incident = incidentOf();
    // The edit that signs them anew waits for its turn like any other.
    expect(await deliver(channel, incident)).toMatchObject({ is: 'postponed', afterMs: 1_000, memo: { messageId: '1' } });
    pass(1_000);
    expect(await deliver(channel, incident)).toMatchObject({ is: 'delivered', memo: { messageId: '1' } });
    const expected = server.cards()[0]?.buttons;
    const straight = telegramWorld(server);
    straight.pass(60_000);
    await straight.deliver(telegramChannel(straight.deps), incident);
    expect(server.cards()[1]?.buttons).toEqual(expected);
    expect(memo('telegram', incident.id)).toMatchObject({ chatId: '-1001' });
  });
});

it('signs its buttons anew also where that failed at first, and is not sent twice', async () => {
  server.setChat({ id: -5, type: 'group', migratedTo: -1001 });
  const { deps, deliver, pass } = telegramWorld(server, { chat: { chatId: '-5' } });
  const channel = telegramChannel(deps);
  const incident = incidentOf();
  server.breakWith({ is: 'reset' }, ({ path }) => path.endsWith('/editMessageText'));
  expect(await deliver(channel, incident)).toMatchObject({ is: 'postponed' });
  pass(1_000);
  await expect(deliver(channel, incident)).rejects.toMatchObject({ fault: 'unreachable' });
  const [before] = server.cards();
  server.mend();
  pass(2_000);
  expect(await deliver(channel, incident)).toMatchObject({ is: 'delivered' });
  expect(server.cards()).toMatchObject([{ edits: 1, text: before?.text }]);
  expect(server.cards()[0]?.buttons).not.toEqual(before?.buttons);
});

describe('a change', () => {
  it('edits the card, and does not send another', async () => {
    const { deps, deliver, pass } = telegramWorld(server);
    const channel = telegramChannel(deps);
    const incident = incidentOf();
    await deliver(channel, incident);
    pass(2_000);
    expect(await deliver(channel, acknowledged(incident))).toMatchObject({ is: 'delivered', memo: { revision: '2' } });
    expect(server.cards()).toHaveLength(1);
    expect(server.cards()[0]).toMatchObject({ edits: 1, text: expect.stringContaining('acknowledged by telegram:mia (5)') });
  });

  it('that shows nowhere on the card costs no call', async () => {
    const { deps, deliver } = telegramWorld(server);
    const channel = telegramChannel(deps);
    const incident = incidentOf();
    await deliver(channel, incident);
    const before = server.requests.length;
    expect(await deliver(channel, later(incident, { firing: 2 }))).toMatchObject({ is: 'delivered' });
    expect(server.requests.length).toBe(before);
  });

  it('of a card that somebody deleted sends it anew', async () => {
    const { deps, deliver, pass } = telegramWorld(server);
    const channel = telegramChannel(deps);
    const incident = incidentOf();
    await deliver(channel, incident);
    server.deleteMessage(-1001, 1);
    pass(2_000);
    expect(await deliver(channel, acknowledged(incident))).toMatchObject({ is: 'delivered', memo: { messageId: '2' } });
  });

  it('that opens it again sends a new card, once, and leaves the one that says resolved as it is', async () => {
    const { deps, deliver, pass } = telegramWorld(server);
    const channel = telegramChannel(deps);
    const incident = incidentOf();
    await deliver(channel, incident);
    pass(2_000);
    await deliver(channel, later(incident, { status: 'resolved' }));
    pass(2_000);
    expect(await deliver(channel, reopened(incident))).toMatchObject({ is: 'delivered', memo: { messageId: '2' } });
    pass(2_000);
    await deliver(channel, later(reopened(incident), { status: 'resolved' }));
    expect(server.cards().map(({ edits }) => edits)).toEqual([1, 1]);
  });

  it('that makes it critical is told by a card of its own: an edit makes no sound', async () => {
    const { deps, deliver, pass } = telegramWorld(server, { severityChats: [{ key: 'critical', chat: { chatId: '-1002' } }] });
    const channel = telegramChannel(deps);
    const incident = incidentOf();
    await deliver(channel, incident);
    pass(2_000);
    const done = await deliver(channel, later(incident, { severity: 'critical' }));
    expect(server.cards()).toMatchObject([
      { chatId: -1001, edits: 1, buttons: [], text: expect.stringContaining('A newer card continues this one') },
      { chatId: -1002, edits: 0, text: expect.not.stringContaining('A newer card') },
    ]);
    expect(server.cards()[1]?.buttons).not.toEqual([]);
    expect(done).toMatchObject({ is: 'delivered', memo: { messageId: '2' } });
    expect(done.memo).not.toHaveProperty('old');
  });
});

describe('flood limits', () => {
  it('let one message a second into a chat, and say when to come again', async () => {
    const { deps, deliver, pass } = telegramWorld(server);
    const channel = telegramChannel(deps);
    await deliver(channel, incidentOf());
    const second = incidentOf();
    expect(await deliver(channel, second)).toEqual({ is: 'postponed', afterMs: 1_000 });
    pass(1_000);
    expect(await deliver(channel, second)).toMatchObject({ is: 'delivered' });
  });

  it('let a crowd come back one after the other, and none of it more than a minute late', async () => {
    const { deps, deliver } = telegramWorld(server);
    const channel = telegramChannel({ ...deps, random: () => 0.5 });
    await deliver(channel, incidentOf());
    const waits: unknown[] = [];
    for (let n = 0; n < 250; n++) waits.push(await deliver(channel, incidentOf()));
    const jitterMs = 375;
    expect(waits.slice(0, 3)).toEqual([1_000, 1_250, 1_500].map(ms => ({ is: 'postponed', afterMs: ms + jitterMs })));
    expect(waits.at(-1)).toEqual({ is: 'postponed', afterMs: 31_000 + jitterMs });
    // Nobody races with what is critical.
    expect(await deliver(channel, incidentOf({ severity: 'critical' }))).toEqual({ is: 'postponed', afterMs: 1_025 });
  });

  it('leave room in a group for what is critical', async () => {
    const { deps, deliver, pass } = telegramWorld(server);
    const channel = telegramChannel(deps);
    const sent: string[] = [];
    for (let n = 0; n < 25; n++) {
      pass(1_000);
      sent.push((await deliver(channel, incidentOf({ severity: n < 18 ? 'warning' : 'critical' }))).is);
    }
    // 15 warnings, then five critical ones on top.
    expect(sent.map(is => (is === 'delivered' ? 1 : 0))).toEqual([...Array(15).fill(1), 0, 0, 0, ...Array(5).fill(1), 0, 0]);
  });

  it('are kept whatever comes, and critical cards come first', async () => {
    const severityChats = [{ key: 'info', chat: { chatId: '-1002' } }] as const;
    const world = telegramWorld(server, { severityChats });
    const channel = telegramChannel(world.deps);
    await server.stop();
    server = await startTelegram({ chats: CHATS, port: server.port, now: () => world.deps.now().getTime() });
    server.flood.enforce(true);
    const severities = ['warning', 'info', 'warning', 'critical', 'error'] as const;
    let waiting = Array.from({ length: 60 }, (_, n) => incidentOf({ severity: severities[n % 5] ?? 'info' }));
    const began = world.deps.now().getTime();
    let criticalWithinMs = 0;
    for (let turns = 0; waiting.length > 0; turns++, world.pass(250)) {
      if (turns > 4_000) throw new Error(`${waiting.length} are never sent`);
      const again = [];
      for (const each of waiting) if ((await world.deliver(channel, each)).is === 'postponed') again.push(each);
      waiting = again;
      if (waiting.some(({ severity }) => severity === 'critical')) criticalWithinMs = world.deps.now().getTime() - began;
    }
    expect(server.cards()).toHaveLength(60);
    expect(server.flood.measured().refused).toBe(0);
    expect(criticalWithinMs).toBeLessThan(125_000);
  });

  it('of Telegram hold for the whole chat', async () => {
    const { deps, deliver, pass } = telegramWorld(server);
    const channel = telegramChannel(deps);
    server.limit(30);
    await expect(deliver(channel, incidentOf())).rejects.toMatchObject({ fault: 'rate-limited', retryAfterMs: 30_000 });
    const before = server.requests.length;
    pass(1_000);
    expect(await deliver(channel, incidentOf({ severity: 'critical' }))).toEqual({ is: 'postponed', afterMs: 29_000 });
    expect(server.requests.length).toBe(before);
    server.mend();
    pass(29_000);
    expect(await deliver(channel, incidentOf())).toMatchObject({ is: 'delivered' });
  });
});

it('holds a chat for an hour at most, whatever Telegram asks for', async () => {
  const { deps, deliver, pass } = telegramWorld(server);
  const channel = telegramChannel(deps);
  server.limit(86_400);
  await expect(deliver(channel, incidentOf())).rejects.toMatchObject({ fault: 'rate-limited' });
  server.mend();
  pass(3_600_000);
  expect(await deliver(channel, incidentOf({ severity: 'critical' }))).toMatchObject({ is: 'delivered' });
});

describe('quiet hours', () => {
  const quietHours = { from: 9 * 60, to: 11 * 60, timeZone: 'UTC' };

  it.each(['warning', 'info', 'none'] as const)('hold back a card of severity %s until they end', async severity => {
    const { deps, deliver, pass } = telegramWorld(server, { quietHours });
    const channel = telegramChannel(deps);
    const incident = incidentOf({ severity });
    for (;;) {
      const done = await deliver(channel, incident);
      if (done.is !== 'postponed') break;
      expect(server.sent).toEqual([]);
      expect(done).toMatchObject({ anew: true });
      pass(done.afterMs);
    }
    expect(deps.now().toISOString()).toBe('2026-11-26T11:00:00.000Z');
    expect(server.cards()).toHaveLength(1);
  });

  it('do not hide what has failed: it goes on to be overdue, while what only waits for the morning is not', () => {
    expect([0, 1].map(attempts => overnight(60_000, { attempts }))).toEqual([{ anew: true }, {}]);
    expect(overnight(0, { attempts: 0 })).toEqual({});
  });

  it.each(['critical', 'error'] as const)('never hold back severity %s', async severity => {
    const { deps, deliver } = telegramWorld(server, { quietHours });
    expect(await deliver(telegramChannel(deps), incidentOf({ severity }))).toMatchObject({ is: 'delivered' });
  });
});

describe('a lost answer', () => {
  it('may send a card twice, and an edit once', async () => {
    const { deps, deliver, pass } = telegramWorld(server);
    const channel = telegramChannel(deps);
    const incident = incidentOf();
    server.breakWith({ is: 'drop-answer' });
    await expect(deliver(channel, incident)).rejects.toMatchObject({ fault: 'unreachable' });
    server.mend();
    pass(2_000);
    await deliver(channel, incident);
    expect(server.cards()).toHaveLength(2);
    server.breakWith({ is: 'drop-answer' });
    pass(2_000);
    await expect(deliver(channel, acknowledged(incident))).rejects.toMatchObject({ fault: 'unreachable' });
    server.mend();
    pass(2_000);
    await deliver(channel, acknowledged(incident));
    expect(server.cards().map(({ edits }) => edits)).toEqual([0, 1]);
  });
});
