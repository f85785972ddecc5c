import type { Config } from '../config/load.ts';
import type { DeliveryChannel } from '../delivery/channel.ts';
import { type CriticalDeps, telegramEscalationChannel, telegramRepeatChannel } from '../delivery/telegram/critical-channels.ts';
import type { TelegramDeps } from '../delivery/telegram/settings.ts';
import { telegramRepairChannel } from '../delivery/telegram/repair-channel.ts';
import { telegramChannel } from '../delivery/telegram/incident-channel.ts';
import type { ChatBook } from '../delivery/telegram/chat-book.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import { buttonSecret } from '../domain/cards/press-data.ts';
import type { DeliveryPorts } from './delivery-failpoints.ts';
import { recommendedSentence } from '../domain/learning/recommended-sentence.ts';
import { offerFor } from '../domain/playbook/offer.ts';
import type { RepairDesk } from './repair-desk.ts';
import type { Stores } from './stores.ts';

export interface TelegramChannelsParts {
  readonly config: Config;
  readonly stores: Stores;
  readonly ports: DeliveryPorts;
  readonly chatBook: ChatBook;
  readonly desk: RepairDesk;
  readonly now: () => Date;
}

/** What the operator's own bot needs to tell people something; undefined where none is set up. */
export function telegramDeps({ config, stores, ports, chatBook, desk, now }: TelegramChannelsParts): TelegramDeps | undefined {
  const { chat, botToken, severityChats, labelChats, escalationChat, stormThreshold, quietHours, language } = config.telegram;
  if (!chat || !botToken) return undefined;
  return {
    cards: ports.cards,
    chatBook,
    rate: stores.sendRate,
    storms: stores.storms,
    settings: {
      chat,
      severityChats,
      labelChats,
      ...(escalationChat && { escalationChat }),
      stormThreshold,
      ...(quietHours && { quietHours }),
      language,
      silences: config.alertmanagers.urls.length > 0,
    },
    buttonSecret: () => (takesPresses(config) ? buttonSecret(botToken.current()) : undefined),
    // Before it is known which playbooks there are, people would be called for nothing.
    offer: (incident: Incident) => (desk.synced() ? offerFor(incident, { ...desk.objects, now }) : undefined),
    recommend: async (incident: Incident, signal: AbortSignal) =>
      recommendedSentence(await stores.learning.anomaly(incident.anomalyKey, signal), { language, now: now() }),
    now,
    random: Math.random,
  };
}

/** The channels of the operator's own bot; none without it. */
export function telegramChannels(parts: TelegramChannelsParts): DeliveryChannel[] {
  const deps = telegramDeps(parts);
  if (!deps) return [];
  const { config, ports } = parts;
  const { incidents } = ports;
  const repeatAfterMs = config.telegram.criticalRepeatAfterMs;
  const noting: CriticalDeps = { ...deps, repeatAfterMs, note: (id, entry, signal) => incidents.note(id, entry, signal) };
  return [telegramChannel(deps), telegramRepeatChannel(noting), telegramEscalationChannel(noting), telegramRepairChannel(deps)];
}

/** Buttons that nobody may press, or whose presses nobody takes, are none. */
export function takesPresses({ telegram }: Pick<Config, 'telegram'>): boolean {
  return telegram.botToken !== undefined && telegram.updates !== 'off' && telegram.allowedUsers.length > 0;
}
