import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHATS, incidentOf, OPENED, telegramWorld, type World } from '../../../test/builders/telegram-world.ts';
import { startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import type { Delivery, Incident } from '../../domain/incidents/incident.ts';
import type { Errand } from '../../domain/ports/people.ts';
import type { CarriedOut } from '../../domain/ports/repairs.ts';
import { telegramNotice } from './notice.ts';
import type { TelegramSettings } from './settings.ts';

let server: Telegram;
let world: World;

beforeEach(async () => {
  server = await startTelegram({ chats: CHATS });
  world = telegramWorld(server);
});
afterEach(() => server.stop());

const ERRAND: Errand = {
  run: { namespace: 'shop', name: 'tell-1', uid: 'u1' },
  step: 0,
  action: 'notify_team',
  playbook: 'tell-payments',
  text: 'Please look at the disk.',
};
const using = (settings: Partial<TelegramSettings>): void => {
  world = telegramWorld(server, settings);
};
const tell = (incident: Incident, errand = ERRAND): Promise<CarriedOut> =>
  telegramNotice(world.deps)({ errand, incident }, AbortSignal.timeout(10_000));
const quiet = (): unknown[] => server.cards().map(card => 'quiet' in card && card.quiet);
const carded = (memo: Delivery['memo']): Pick<Incident, 'deliveries'> => ({
  deliveries: [{ channel: 'telegram', state: 'delivered', at: OPENED, attempts: 1, memo }],
});

it('says which incident, which playbook and what, with a sound', async () => {
  expect(await tell(incidentOf())).toEqual({ is: 'done', detail: 'The team was told in Telegram chat -1001.' });
  const [card] = server.cards();
  expect(card?.text).toMatch(
    /^📣 A repair calls the team\n🟡 Alertmanager: DiskFull\n\nPlease look at the disk\.\n\nPlaybook: tell-payments\n/,
  );
  expect(card).toMatchObject({ chatId: -1001, buttons: [] });
  expect(card).not.toHaveProperty('quiet');
  expect(card).not.toHaveProperty('replyTo');
});

it('speaks Traditional Chinese', async () => {
  using({ language: 'zh-TW' });
  await tell(incidentOf());
  expect(server.cards()[0]?.text).toMatch(/^📣 修復流程通知團隊\n[\s\S]*修復手冊: tell-payments/);
});

it('answers the card of the incident, where that stands', async () => {
  await world.deps.cards.send({ chatId: '-1002' }, { html: 'the card', buttons: [] }, AbortSignal.timeout(5_000));
  const messageId = server.cards()[0]?.messageId;
  await tell(incidentOf(carded({ chatId: '-1002', messageId: String(messageId) })));
  expect(server.cards()[1]).toMatchObject({ chatId: -1002, replyTo: messageId });
});

it.each<[string, Partial<Incident>, object]>([
  ['of its label', { labels: { team: 'payments' }, severity: 'critical' }, { chatId: 77 }],
  ['else of its severity', { severity: 'critical' }, { chatId: -1002 }],
  ['else of all', {}, { chatId: -1001, threadId: 7 }],
])('goes to the chat %s', async (_, over, expected) => {
  using({
    chat: { chatId: '-1001', threadId: 7 },
    severityChats: [{ key: 'critical', chat: { chatId: '-1002' } }],
    labelChats: [{ label: 'team', value: 'payments', chat: { chatId: '77' } }],
  });
  await tell(incidentOf(over));
  expect(server.cards()).toMatchObject([expected]);
});

describe('makes no sound', () => {
  const night = { from: 9 * 60, to: 11 * 60, timeZone: 'UTC' };
  it('in quiet hours, critical incidents apart', async () => {
    using({ quietHours: night });
    await tell(incidentOf());
    world.pass(2_000);
    await tell(incidentOf({ severity: 'critical' }));
    expect(quiet()).toEqual([true, false]);
  });

  it('of an incident that shares its card with many', async () => {
    await tell(incidentOf(carded({ storm: '1' })));
    expect(quiet()).toEqual([true]);
  });
});

it('waits for its turn in the chat', async () => {
  await tell(incidentOf());
  const held = await tell(incidentOf());
  expect(held).toMatchObject({ is: 'waiting', reason: expect.stringContaining('no room') });
  expect(server.cards()).toHaveLength(1);
  world.pass(held.is === 'waiting' ? held.retryAfterMs : 0);
  expect(await tell(incidentOf())).toMatchObject({ is: 'done' });
  expect(server.cards()).toHaveLength(2);
});

it('shows foreign text as text, and no more of it than fits', async () => {
  const text = `<b>bold</b> & <a href="https://evil.example">here</a>\n${'長'.repeat(5_000)}`;
  await tell(incidentOf({ name: '<i>x</i>'.repeat(100) }), { ...ERRAND, text, playbook: 'p'.repeat(300) });
  const [card] = server.cards();
  expect(card?.text).toContain('<b>bold</b> & <a href="https://evil.example">here</a>');
  expect(card?.text.length).toBeLessThan(3_500);
});
