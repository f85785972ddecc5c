import { pollUpdates } from '../adapters/telegram/updates.ts';
import { registerWebhook } from '../adapters/telegram/webhook-registration.ts';
import type { Config } from '../config/load.ts';
import { type Chore, chore } from '../delivery/chore.ts';
import { pressed } from '../delivery/telegram/press.ts';
import { buttonSecret } from '../domain/cards/press-data.ts';
import type { Press } from '../domain/ports/cards.ts';
import { PRESS_WITHIN_MS } from '../domain/ports/press-log.ts';
import type { Controller } from '../kube/controller.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { WebhookDeps } from '../webhook/deps.ts';
import type { DeliveryPorts } from './delivery-failpoints.ts';
import type { Stores } from './stores.ts';
import { chatsOf, takesPresses } from './telegram-channels.ts';

export interface TelegramPressesParts {
  readonly config: Config;
  readonly stores: Stores;
  readonly ports: DeliveryPorts;
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
}

const REGISTER_WITHIN_MS = 30_000;

export function telegramPresses(parts: TelegramPressesParts): TelegramPresses {
  const { config, ports, log } = parts;
  const { botToken, apiRoot, updates } = config.telegram;
  if (!botToken) return { server: {} };
  const taken = takesPresses(config);
  let problem: string | undefined;
  const mode = taken ? updates : 'off';
  const server = { telegramStatus: { cards: ports.cards, mode, updatesError: () => problem } };
  const onPress = handlerOf(parts);
  if (mode === 'webhook') return { server: { ...server, telegram: byWebhook(config, onPress) } };
  if (mode === 'off') return { server };
  const onState = (said: string | undefined): void => {
    problem = said;
  };
  const options = { token: () => botToken.current(), apiRoot, onPress, onState, logger: log };
  return { server, poller: { name: 'telegram-updates', start: signal => pollUpdates(options, signal) } };
}

function handlerOf({ config, stores, ports, tell, log, now }: TelegramPressesParts): (press: Press) => Promise<void> {
  const { botToken, allowedUsers, language } = config.telegram;
  const deps = {
    cards: ports.cards,
    incidents: ports.incidents,
    pressLog: stores.pressLog,
    ...(config.alertmanagers.urls.length > 0 && { silences: ports.silences }),
    allowedUsers,
    chats: chatsOf(config).map(({ chatId }) => chatId),
    buttonSecrets: () => (botToken ? [buttonSecret(botToken.current())] : []),
    tell,
    language,
    now,
    logger: log,
  };
  return press => pressed(press, deps, AbortSignal.timeout(PRESS_WITHIN_MS));
}

function byWebhook({ telegram }: Config, handle: (press: Press) => Promise<void>): NonNullable<WebhookDeps['telegram']> {
  return { secrets: () => telegram.webhookSecrets.current(), pressed: handle };
}

/** Tells Telegram where our webhook is, until it knows; undefined where presses come in otherwise. */
export function webhookRegistration({ config, log }: Pick<TelegramPressesParts, 'config' | 'log'>): Chore | undefined {
  const { botToken, apiRoot, updates, webhookSecrets } = config.telegram;
  const { publicUrl } = config.server;
  if (updates !== 'webhook' || !takesPresses(config) || !botToken || publicUrl === undefined) return undefined;
  const registering = chore({
    what: 'registering the webhook with Telegram',
    withinMs: REGISTER_WITHIN_MS,
    async run(signal) {
      const [secret = ''] = webhookSecrets.current();
      const url = `${publicUrl}/api/v1/webhooks/telegram`;
      const problem = await registerWebhook({ token: () => botToken.current(), apiRoot, url, secret }, signal);
      if (problem !== undefined) log.warn({ problem }, 'Telegram could not deliver a press to our webhook');
    },
    ended: () => {},
    log,
    random: Math.random,
  });
  registering.owe();
  return registering;
}
