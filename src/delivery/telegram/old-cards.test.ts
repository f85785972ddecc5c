import { afterEach, beforeEach, expect, it } from 'vitest';
import { CHATS, incidentOf, OPENED, telegramWorld, type World } from '../../../test/builders/telegram-world.ts';
import { startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import type { DeliveryChannel } from '../channel.ts';
import { telegramChannel } from './incident-channel.ts';

let server: Telegram;
let world: World;
let channel: DeliveryChannel;
let warning: Incident;
let critical: Incident;

beforeEach(async () => {
  server = await startTelegram({ chats: CHATS });
  setUp({});
  warning = incidentOf();
  critical = { ...warning, revision: 2, severity: 'critical' };
  await world.deliver(channel, warning);
  world.pass(2_000);
});
afterEach(() => server.stop());

function setUp(settings: Parameters<typeof telegramWorld>[1]): void {
  world = telegramWorld(server, settings);
  channel = telegramChannel(world.deps);
}

const old = () => server.cards()[0];
const isContinued = { buttons: [], text: expect.stringMatching(/^⏩ A newer card continues this one/) };
const onEdit = ({ path }: { path: string }): boolean => path.endsWith('/editMessageText');

it('is edited in its turn, and the new card is not sent again meanwhile', async () => {
  expect(await world.deliver(channel, critical)).toMatchObject({
    is: 'postponed',
    afterMs: 1_000,
    memo: { messageId: '2', old: '-1001/1' },
  });
  expect(old()).toMatchObject({ edits: 0 });
  world.pass(1_000);
  const done = await world.deliver(channel, critical);
  expect(done).toMatchObject({ is: 'delivered', memo: { messageId: '2' } });
  expect(done.memo).not.toHaveProperty('old');
  expect(server.cards()).toMatchObject([{ edits: 1, ...isContinued }, { edits: 0 }]);
  const before = server.requests.length;
  await world.deliver(channel, critical);
  expect(server.requests.length).toBe(before);
});

it('is not forgotten where its edit fails, nor when the process dies between', async () => {
  setUp({ severityChats: [{ key: 'critical', chat: { chatId: '-1002' } }] });
  const one = incidentOf();
  await world.deliver(channel, one);
  const nth = server.cards().length - 1;
  world.pass(2_000);
  server.breakWith({ is: 'reset' }, onEdit);
  const worse: Incident = { ...one, revision: 2, severity: 'critical' };
  await expect(world.deliver(channel, worse)).rejects.toMatchObject({ fault: 'unreachable' });
  // What the next process finds.
  expect(world.memo('telegram', one.id)).toMatchObject({ chatId: '-1002', old: `-1001/${nth + 1}` });
  server.mend();
  world.pass(2_000);
  channel = telegramChannel(world.deps);
  expect(await world.deliver(channel, { ...worse, revision: 3, status: 'acknowledged' })).toMatchObject({ is: 'delivered' });
  expect(server.cards()[nth]).toMatchObject({ edits: 1, ...isContinued });
  expect(server.cards()).toHaveLength(nth + 2);
});

it('is let go where its chat keeps us out', async () => {
  setUp({ severityChats: [{ key: 'critical', chat: { chatId: '-1002' } }] });
  const one = incidentOf();
  await world.deliver(channel, one);
  world.pass(2_000);
  server.setChat({ id: -1001, type: 'supergroup', bot: 'kicked' });
  const done = await world.deliver(channel, { ...one, revision: 2, severity: 'critical' });
  expect(done).toMatchObject({ is: 'delivered', memo: { chatId: '-1002' } });
  expect(done.memo).not.toHaveProperty('old');
});

it('is let go where somebody deleted it', async () => {
  await world.deliver(channel, critical);
  server.deleteMessage(-1001, 1);
  world.pass(1_000);
  expect(await world.deliver(channel, critical)).toMatchObject({ is: 'delivered' });
  expect(server.cards()).toHaveLength(1);
});

it('may be one of several', async () => {
  await world.deliver(channel, critical);
  world.pass(1_000);
  const timeline = [...warning.timeline, { at: new Date(OPENED.getTime() + 3_000), what: 'reopened' as const, who: 'alertmanager' }];
  const reopened: Incident = { ...critical, revision: 4, timeline };
  for (let turns = 0; (await world.deliver(channel, reopened)).is === 'postponed'; turns++, world.pass(1_000))
    expect(turns).toBeLessThan(5);
  expect(server.cards()).toMatchObject([isContinued, isContinued, { edits: 0, text: expect.not.stringContaining('A newer card') }]);
});

it('stays one through an edit of the new card that comes first', async () => {
  await world.deliver(channel, critical);
  world.pass(1_000);
  const acknowledged: Incident = { ...critical, revision: 3, status: 'acknowledged' };
  expect(await world.deliver(channel, acknowledged)).toMatchObject({ is: 'postponed', memo: { revision: '3', old: '-1001/1' } });
  world.pass(1_000);
  expect(await world.deliver(channel, acknowledged)).toMatchObject({ is: 'delivered' });
  expect(server.cards()).toMatchObject([{ edits: 1, ...isContinued }, { edits: 1 }]);
});

it('says so in Chinese as well', async () => {
  setUp({ language: 'zh-TW' });
  const one = incidentOf();
  await world.deliver(channel, one);
  const nth = server.cards().length - 1;
  world.pass(2_000);
  for (let n = 0; n < 2; n++, world.pass(2_000)) await world.deliver(channel, { ...one, revision: 2, severity: 'critical' });
  expect(server.cards()[nth]?.text).toMatch(/^⏩ 此事件由較新的卡片接續/);
});
