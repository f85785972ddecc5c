import { pollUpdates } from '../adapters/telegram/updates.ts';
import { webhookSight } from '../adapters/telegram/webhook-registration.ts';
import type { Config } from '../config/load.ts';
import type { ChatBook } from '../delivery/telegram/chat-book.ts';
import { decisionPress } from '../delivery/telegram/decision-press.ts';
import { pressed } from '../delivery/telegram/press.ts';
import { webhookUpkeep } from '../delivery/telegram/webhook-upkeep.ts';
import { decisions } from '../domain/approvals/decisions.ts';
import { buttonSecret } from '../domain/cards/press-data.ts';
import type { Press } from '../domain/ports/cards.ts';
import { DEED_WITHIN_MS } from '../domain/ports/deed-log.ts';
import type { Controller } from '../kube/controller.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { WebhookDeps } from '../webhook/deps.ts';
import type { DeliveryPorts } from './delivery-failpoints.ts';
import type { RepairDesk } from './repair-desk.ts';
import type { Stores } from './stores.ts';
import { takesPresses } from './telegram-channels.ts';
import { chatsOf } from './telegram-chats.ts';

export interface TelegramPressesParts {
  readonly config: Config;
  readonly stores: Pick<Stores, 'pressLog'>;
  readonly ports: Pick<DeliveryPorts, 'cards' | 'incidents' | 'silences' | 'pressWebhook'>;
  readonly chatBook: ChatBook;
  readonly desk: Pick<RepairDesk, 'objects'>;
  /** Who is told of what a press changes. */
  readonly tell: readonly string[];
  readonly log: Logger;
  readonly now: () => Date;
}

/** How presses of buttons come in. */
export interface TelegramPresses {
  /** What the server needs: its webhook, where presses come in by that, and its status. */
  readonly server: Pick<WebhookDeps, 'telegram' | 'telegramStatus'>;
  /** Asks Telegram for presses while this process leads; absent where they come in otherwise, or not at all. */
  readonly poller?: Controller;
  /** Keeps our webhook known to Telegram; absent where presses come in otherwise. */
  readonly upkeep?: () => { close(): Promise<void> };
}

export function telegramPresses(parts: TelegramPressesParts): TelegramPresses {
  const { config, ports, chatBook, log } = parts;
  const { botToken, apiRoot, updates } = config.telegram;
  if (!botToken) return { server: {} };
  const taken = takesPresses(config);
  let problem: string | undefined;
  const mode = taken ? updates : 'off';
  const onState = (said: string | undefined): void => {
    problem = said;
  };
  const known = { updatesError: () => problem, deliveryError: () => chatBook.problem(), movedChats: () => chatBook.moved() };
  const server = { telegramStatus: { cards: ports.cards, mode, ...known } };
  const onPress = handlerOf(parts);
  if (mode === 'webhook') {
    const upkeep = keepingWebhook(parts, onState);
    return { server: { ...server, telegram: byWebhook(config, onPress) }, ...(upkeep && { upkeep }) };
  }
  if (mode === 'off') return { server };
  const options = { token: () => botToken.current(), apiRoot, onPress, onState, logger: log };
  return { server, poller: { name: 'telegram-updates', start: signal => pollUpdates(options, signal) } };
}

function handlerOf({ config, stores, ports, desk, tell, log, now }: TelegramPressesParts): (press: Press) => Promise<void> {
  const { botToken, allowedUsers, language } = config.telegram;
  const chats = chatsOf(config).map(({ chatId }) => chatId);
  const deps = {
    cards: ports.cards,
    incidents: ports.incidents,
    pressLog: stores.pressLog,
    ...(config.alertmanagers.urls.length > 0 && { silences: ports.silences }),
    allowedUsers,
    chats,
    buttonSecrets: () => (botToken ? [buttonSecret(botToken.current())] : []),
    tell,
    language,
    now,
    logger: log,
    decide: decisionPress({
      decisions: decisions({ objects: desk.objects, now }),
      incidents: ports.incidents,
      chats,
      language,
      logger: log,
    }),
  };
  return press => pressed(press, deps, AbortSignal.timeout(DEED_WITHIN_MS));
}

function byWebhook({ telegram }: Config, handle: (press: Press) => Promise<void>): NonNullable<WebhookDeps['telegram']> {
  return { secrets: () => telegram.webhookSecrets.current(), pressed: handle };
}

/** Undefined without an address of ours that Telegram could be told. */
function keepingWebhook(
  { config, ports, log, now }: TelegramPressesParts,
  onState: (problem: string | undefined) => void,
): TelegramPresses['upkeep'] {
  const { botToken, apiRoot, webhookSecrets } = config.telegram;
  const { publicUrl } = config.server;
  if (!botToken || publicUrl === undefined) return undefined;
  const url = `${publicUrl}/api/v1/webhooks/telegram`;
  const register = (signal: AbortSignal): Promise<void> =>
    ports.pressWebhook.register({ url, secret: webhookSecrets.current()[0] ?? '' }, signal);
  const sight = { token: () => botToken.current(), apiRoot, url, now };
  return () => webhookUpkeep({ register, look: signal => webhookSight(sight, signal), onState, log, random: Math.random });
}
