import { memorySendRate } from '../../src/adapters/memory/send-rate.ts';
import { memoryStorms } from '../../src/adapters/memory/storms.ts';
import { telegramCards } from '../../src/adapters/telegram/cards.ts';
import type { DeliveryChannel, Delivered } from '../../src/delivery/channel.ts';
import { chatBook, type MovedChat } from '../../src/delivery/telegram/chat-book.ts';
import type { TelegramDeps, TelegramSettings } from '../../src/delivery/telegram/settings.ts';
import type { Delivery, Incident } from '../../src/domain/incidents/incident.ts';
import type { StandInChat, Telegram } from '../servers/telegram.ts';
import { incidentAt } from './incident.ts';

export const BUTTON_SECRET = 'a-button-secret';
export const OPENED = new Date('2026-11-26T10:00:00.000Z');
export const CHATS: readonly StandInChat[] = [
  { id: -1001, type: 'supergroup', topics: [7] },
  { id: -1002, type: 'supergroup' },
  { id: 77, type: 'private' },
];

let made = 0;

/** Each with an id of its own. */
export function incidentOf(over: Partial<Incident> = {}): Incident {
  return incidentAt(over.openedAt ?? OPENED, {
    id: `inc-07-${String(++made).padStart(13, '0')}`,
    name: 'DiskFull',
    frequency: { last1h: 3, last24h: 6, last7d: 10, last30d: 12 },
    labels: { alertname: 'DiskFull', namespace: 'shop', deployment: 'cart' },
    annotations: { description: 'The disk of cart is full.' },
    ...over,
  });
}

export interface World {
  readonly deps: TelegramDeps;
  /** Hands the incident to the channel as the outbox would, with what it remembered of it. Its own `deliveries` say how others stand to it. */
  readonly deliver: (channel: DeliveryChannel, incident: Incident, since?: Date) => Promise<Delivered>;
  readonly memo: (channel: string, incidentId: string) => Readonly<Record<string, string>>;
  /** What was told of groups that have become supergroups. */
  readonly moved: readonly MovedChat[];
  /** Makes it later. */
  readonly pass: (ms: number) => void;
}

/** The channels of Telegram against the stand-in, by a clock that stands still. */
export function telegramWorld(server: Telegram, settings: Partial<TelegramSettings> = {}, over: Partial<TelegramDeps> = {}): World {
  let time = OPENED.getTime() + 1_000;
  const now = (): Date => new Date(time);
  const memos = new Map<string, Readonly<Record<string, string>>>();
  const memo = (channel: string, incidentId: string): Readonly<Record<string, string>> => memos.get(`${channel} ${incidentId}`) ?? {};
  const moved: MovedChat[] = [];
  const chat = settings.chat ?? { chatId: '-1001' };
  const deps: TelegramDeps = {
    cards: telegramCards({ token: () => server.token, apiRoot: server.url, deadlineMs: 5_000 }),
    chatBook: chatBook({
      chats: [chat, ...(settings.severityChats ?? []).map(each => each.chat)].map(({ chatId }) => chatId),
      now,
      onMoved: one => void moved.push(one),
    }),
    rate: memorySendRate({ now }),
    storms: memoryStorms({ now }),
    settings: {
      chat,
      severityChats: [],
      labelChats: [],
      stormThreshold: 0,
      language: 'en',
      silences: true,
      ...settings,
    },
    buttonSecret: () => BUTTON_SECRET,
    now,
    random: () => 0,
    ...over,
  };
  return {
    deps,
    moved,
    memo,
    pass: ms => {
      time += ms;
    },
    async deliver(channel, given, since = now()) {
      const { name } = channel;
      const deliveries: Delivery[] = ['telegram', 'telegram-repeat', 'telegram-escalation'].map(each => ({
        channel: each,
        state: 'delivered',
        at: now(),
        attempts: 1,
        memo: memo(each, given.id),
      }));
      const stands = (channel: string): Partial<Delivery> => given.deliveries.find(one => one.channel === channel) ?? {};
      const incident = { ...given, deliveries: deliveries.map(each => ({ ...each, state: stands(each.channel).state ?? each.state })) };
      const keep = (kept: Readonly<Record<string, string>>): void => void memos.set(`${name} ${given.id}`, kept);
      const work = {
        partition: 7,
        incidentId: given.id,
        channel: name,
        entryId: '1-1',
        attempts: 0,
        since,
        takenAt: now(),
        memo: memo(name, given.id),
      };
      const done = await channel.deliver({ incident, work, remember: async kept => keep(kept) }, AbortSignal.timeout(20_000));
      if (done.memo) keep(done.memo);
      return done;
    },
  };
}
