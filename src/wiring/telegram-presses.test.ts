import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import { repairDesk } from '../../test/builders/repair-desk.ts';
import { startTelegram, type Telegram } from '../../test/servers/telegram.ts';
import { alertmanagerSilences } from '../adapters/alertmanager/silences.ts';
import { memoryIncidents } from '../adapters/memory/incidents.ts';
import { memoryDeedLog } from '../adapters/memory/deed-log.ts';
import { telegramCards } from '../adapters/telegram/cards.ts';
import { registerWebhook } from '../adapters/telegram/webhook-registration.ts';
import { loadConfig } from '../config/load.ts';
import { outgoingClient } from '../net/outgoing.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { DeliveryPorts } from './delivery-failpoints.ts';
import { telegramChats } from './telegram-chats.ts';
import { telegramPresses } from './telegram-presses.ts';

const log: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
const now = (): Date => new Date();

let server: Telegram;

beforeEach(async () => {
  server = await startTelegram();
});
afterEach(() => server.stop());

function presses(more: Readonly<Record<string, string>>) {
  const env = { AWOOOI_WEBHOOK_TOKENS: 'shared-token', TG_BOT_TOKEN: server.token, TG_API_ROOT: server.url, TG_CHAT_ID: '-1001', ...more };
  const loaded = loadConfig({ env, readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const { config } = loaded;
  const cards = telegramCards({ token: () => server.token, apiRoot: server.url });
  const silences = alertmanagerSilences({
    client: outgoingClient({ maxAnswerBytes: 1_000 }),
    urls: [],
    authorization: () => undefined,
    now,
  });
  const bot = { token: () => server.token, apiRoot: server.url };
  const pressWebhook: DeliveryPorts['pressWebhook'] = { register: (at, signal) => registerWebhook({ ...bot, ...at }, signal) };
  const ports = { cards, silences, incidents: memoryIncidents({ now }).incidents, pressWebhook };
  const chatBook = telegramChats({ config, log, now });
  const desk = repairDesk();
  return {
    chatBook,
    ...telegramPresses({ config, stores: { pressLog: memoryDeedLog({ now }) }, ports, chatBook, desk, tell: [], log, now }),
  };
}

const WEBHOOK = {
  TG_ALLOWED_USER_IDS: '5',
  TG_UPDATES: 'webhook',
  TG_WEBHOOK_SECRETS: 'a-webhook-secret',
  AWOOOI_PUBLIC_URL: 'https://awoooi.example.com',
};

it('says in webhook mode why the webhook is not registered, until it is', async () => {
  server.limit(1);
  const { server: serving, upkeep } = presses(WEBHOOK);
  const kept = upkeep?.();
  const error = () => serving.telegramStatus?.updatesError?.();
  await eventually(() => error() !== undefined);
  expect(error()).toContain('setWebhook');
  server.mend();
  await eventually(() => error() === undefined);
  const registered = server.requests.findLast(({ path }) => path.endsWith('/setWebhook'));
  expect(JSON.parse(registered?.body ?? '')).toMatchObject({
    url: 'https://awoooi.example.com/api/v1/webhooks/telegram',
    secret_token: 'a-webhook-secret',
  });
  await kept?.close();
});

it('says what the chats have told', () => {
  const { server: serving, chatBook } = presses({});
  chatBook.arrived('-1001', '-1009');
  expect(serving.telegramStatus?.movedChats?.()).toEqual([{ from: '-1001', to: '-1009' }]);
  expect(serving.telegramStatus?.deliveryError?.()).toBeUndefined();
});

it.each<[string, Record<string, string>]>([
  ['polling', { TG_ALLOWED_USER_IDS: '5' }],
  ['nobody may press', { ...WEBHOOK, TG_ALLOWED_USER_IDS: '' }],
])('registers no webhook with %s', (_, env) => {
  expect(presses(env)).not.toHaveProperty('upkeep');
});
