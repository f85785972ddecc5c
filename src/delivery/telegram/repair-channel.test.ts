import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BUTTON_SECRET, CHATS, incidentOf, OPENED, telegramWorld, type World } from '../../../test/builders/telegram-world.ts';
import { startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import { verifiedPress } from '../../domain/cards/press-data.ts';
import type { Incident, IncidentRepair } from '../../domain/incidents/incident.ts';
import type { Offer } from '../../domain/playbook/offer.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { telegramChannel } from './incident-channel.ts';
import { telegramRepairChannel } from './repair-channel.ts';
import type { TelegramDeps, TelegramSettings } from './settings.ts';

let server: Telegram;
let world: World;
let incident: Incident;

beforeEach(async () => {
  server = await startTelegram({ chats: CHATS });
  incident = incidentOf();
  world = telegramWorld(server);
});
afterEach(() => server.stop());

const WAITS: IncidentRepair = {
  approvalId: 'rr-0123456789abcdef0123',
  run: 'shop/restart-cart-1',
  playbook: 'restart-cart',
  summary: 'restart_pod of Deployment cart',
  tier: 1,
  phase: 'AwaitingApproval',
  detail: 'it waits',
  waitsFor: 'approval',
  expiresAt: new Date('2026-11-26T10:30:00Z'),
  updatedAt: OPENED,
};
const { waitsFor: _, expiresAt: __, ...MOVED } = WAITS;
const RUNNING: IncidentRepair = { ...MOVED, phase: 'Running', by: 'telegram:mia (9)' };
const PEOPLE: Offer = { is: 'people', failed: ['restart-cart'] };

const using = (settings: Partial<TelegramSettings>, over: Partial<TelegramDeps> = {}): void => {
  world = telegramWorld(server, settings, over);
};
/** The incident's own card, and a while after it. */
async function card(): Promise<void> {
  await world.deliver(telegramChannel(world.deps), incident);
  world.pass(2_000);
}
async function tell(...repairs: readonly IncidentRepair[]) {
  const done = await world.deliver(telegramRepairChannel(world.deps), { ...incident, repairs });
  if (done.is === 'delivered') world.pass(2_000);
  return done;
}
const messages = () => server.cards().slice(1);
const wishes = (n: number) => {
  const rows = server.cards()[n]?.buttons ?? [];
  return rows.flat().map(({ data }) => verifiedPress(data, '-1001', [BUTTON_SECRET])?.action);
};

describe('a repair that waits for approval', () => {
  beforeEach(card);

  it('has a message of its own, with a sound, in answer to the card, and buttons', async () => {
    expect(await tell(WAITS)).toMatchObject({ is: 'delivered' });
    expect(messages()).toMatchObject([{ replyTo: 1, edits: 0, text: expect.stringMatching(/^⏳ waits for approval/) }]);
    expect(messages()[0]).not.toHaveProperty('quiet');
    expect(wishes(1)).toEqual(['approve', 'reject']);
  });

  it('is told once, and its message edited as it goes on, without buttons then', async () => {
    await tell(WAITS);
    const before = server.requests.length;
    await tell(WAITS);
    expect(server.requests.length).toBe(before);
    await tell(RUNNING);
    expect(messages()).toMatchObject([{ edits: 1, text: expect.stringMatching(/^🛠 running, by telegram:mia \(9\)/), buttons: [] }]);
    await tell({ ...RUNNING, phase: 'Succeeded' });
    expect(messages()).toMatchObject([{ edits: 2, text: expect.stringMatching(/^✅ succeeded/) }]);
  });

  it('stands beside another, each with its message', async () => {
    const second = { ...WAITS, approvalId: 'rr-2', playbook: 'scale-cart' };
    expect(await tell(WAITS, second)).toMatchObject({ is: 'postponed' });
    world.pass(2_000);
    expect(await tell(WAITS, second)).toMatchObject({ is: 'delivered' });
    await tell({ ...RUNNING, phase: 'Failed' }, second);
    expect(messages()).toMatchObject([
      { text: expect.stringContaining('❌ failed') },
      { text: expect.stringContaining('scale-cart'), edits: 0 },
    ]);
  });

  it('is not told once the time for that is over', async () => {
    await tell({ ...WAITS, expiresAt: world.deps.now() });
    expect(messages()).toEqual([]);
  });

  it('is told again where somebody deleted the message, as long as it waits', async () => {
    await tell(WAITS);
    server.deleteMessage(-1001, 2);
    await tell({ ...WAITS, detail: 'it still waits' });
    expect(messages()).toMatchObject([{ messageId: 3 }]);
    server.deleteMessage(-1001, 3);
    await tell(RUNNING);
    expect(messages()).toEqual([]);
  });
});

it('a repair that asks nobody has no message', async () => {
  await card();
  for (const repair of [RUNNING, { ...RUNNING, phase: 'DryRun' as const }]) await tell(repair);
  expect(messages()).toEqual([]);
});

it('what people are to do themselves is told with a sound, also where they approved it before', async () => {
  await card();
  await tell(WAITS);
  const asked: IncidentRepair = { ...RUNNING, waitsFor: 'people' };
  for (let n = 0; n < 2; n += 1) {
    await tell(asked);
    world.pass(2_000);
  }
  expect(messages()).toMatchObject([{ buttons: [] }, { replyTo: 1, text: expect.stringContaining('🙋 waits for people') }]);
  expect(wishes(2)).toEqual(['done', 'did-not-help']);
  await tell({ ...RUNNING, phase: 'Verifying' });
  world.pass(2_000);
  await tell({ ...RUNNING, phase: 'Verifying' });
  expect(messages().map(({ buttons, text }) => [buttons.length, text.split(' ')[0]])).toEqual([
    [0, '🔎'],
    [0, '🔎'],
  ]);
});

describe('it waits', () => {
  it('for the card, though not for ever', async () => {
    const pending = { channel: 'telegram', state: 'pending', at: OPENED, attempts: 0, memo: {} } as const;
    incident = { ...incident, deliveries: [pending] };
    expect(await tell(WAITS)).toEqual({ is: 'postponed', afterMs: 5_000, memo: {} });
    const done = await world.deliver(
      telegramRepairChannel(world.deps),
      { ...incident, repairs: [WAITS] },
      new Date(OPENED.getTime() - 700_000),
    );
    expect(done).toMatchObject({ is: 'delivered' });
    expect(server.cards()).toMatchObject([{ text: expect.stringContaining('waits for approval') }]);
  });

  it('for the end of the night, unless it is about something serious', async () => {
    using({ quietHours: { from: 9 * 60, to: 12 * 60, timeZone: 'UTC' } });
    expect(await tell(WAITS)).toMatchObject({ is: 'postponed', afterMs: 300_000, anew: true });
    incident = { ...incident, severity: 'critical' };
    expect(await tell(WAITS)).toMatchObject({ is: 'delivered' });
  });
});

it('of a storm, whose incidents share a card, it makes no sound', async () => {
  using({ stormThreshold: 1 });
  for (let n = 0; n < 3; n += 1) {
    incident = incidentOf();
    await card();
  }
  const before = server.cards().length;
  await tell(WAITS);
  const [message] = server.cards().slice(before);
  expect(message).toMatchObject({ quiet: true, text: expect.stringContaining('waits for approval') });
  expect(message).not.toHaveProperty('replyTo');
});

describe('after a death or a failure', () => {
  beforeEach(card);

  it('sends no message twice that was sent', async () => {
    const second = { ...WAITS, approvalId: 'rr-2' };
    const dying: TelegramDeps['cards'] = {
      ...world.deps.cards,
      send: (chat, card, signal) =>
        card.html.includes('scale-cart') ? Promise.reject(new PortError('unreachable', 'away')) : world.deps.cards.send(chat, card, signal),
    };
    const failing = telegramRepairChannel({ ...world.deps, cards: dying, rate: { ...world.deps.rate, take: async () => 0 } });
    const repairs = [WAITS, { ...second, playbook: 'scale-cart' }];
    await expect(world.deliver(failing, { ...incident, repairs })).rejects.toMatchObject({ fault: 'unreachable' });
    world.pass(2_000);
    await tell(...repairs);
    expect(messages().map(({ text }) => /Playbook: (\S+)/.exec(text)?.[1])).toEqual(['restart-cart', 'scale-cart']);
  });

  it('signs its buttons for the chat where it arrived', async () => {
    server.setChat({ id: -5, type: 'group', migratedTo: -1001 });
    using({ chat: { chatId: '-5' } });
    expect(await tell(WAITS)).toMatchObject({ is: 'postponed' });
    world.pass(2_000);
    expect(await tell(WAITS)).toMatchObject({ is: 'delivered' });
    expect(server.cards()).toHaveLength(2);
    expect(wishes(1)).toEqual(['approve', 'reject']);
  });
});

describe('when no repair is left', () => {
  it('people are called once in each opening, with a sound, and the card says so', async () => {
    using({}, { offer: () => PEOPLE });
    await card();
    for (let n = 0; n < 2; n += 1) await tell({ ...RUNNING, phase: 'Failed' });
    expect(server.cards()).toMatchObject([
      { text: expect.stringContaining('🆘 No repair is left (failed: restart-cart).') },
      { replyTo: 1, text: expect.stringMatching(/^🆘 No repair is left/), edits: 0 },
    ]);
    const at = new Date(OPENED.getTime() + 60_000);
    incident = { ...incident, timeline: [...incident.timeline, { at, what: 'reopened', who: 'alertmanager' }] };
    await tell({ ...RUNNING, phase: 'Failed' });
    expect(messages()).toHaveLength(2);
  });
});

describe('the card of an incident', () => {
  it('offers what can be done, and names what was learned to help', async () => {
    const offer: Offer = { is: 'suggestion', playbook: 'scale-cart', summary: 'scale_up of Deployment cart', tier: 2, mark: '0a1b2c3d' };
    using({}, { offer: () => offer, recommend: async () => 'restart_pod helped 9 times of 10' });
    await card();
    const text = server.cards()[0]?.text;
    expect(text).toContain('Recommendation: restart_pod helped 9 times of 10');
    expect(text).toContain('💡 Suggested repair: scale-cart');
    expect(wishes(0).at(-1)).toBe('propose');
  });

  it('is sent also while nobody can say what was learned', async () => {
    using({}, { recommend: () => Promise.reject(new PortError('unavailable', 'away')) });
    await card();
    expect(server.cards()).toHaveLength(1);
  });
});
