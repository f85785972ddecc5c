import { people } from '../delivery/people.ts';
import type { People } from '../domain/ports/people.ts';
import { type DeliveryChannelsParts, webhookDeps } from './delivery-channels.ts';
import { telegramDeps } from './telegram-channels.ts';

/** Whoever can be told what a repair leaves to people, by the ways that are set up. */
export function errands(parts: Omit<DeliveryChannelsParts, 'page' | 'tellers' | 'outgoing'>): People {
  const { config, stores, ports, log } = parts;
  const { sentry, telegram: bot } = config;
  const telegram = telegramDeps(parts);
  const webhook = webhookDeps(parts);
  return people({
    incidents: ports.incidents,
    deedLog: stores.pressLog,
    sentry: ports.sentry,
    hasToken: () => sentry.apiToken !== undefined,
    org: sentry.org,
    language: bot.language,
    logger: log,
    ...(telegram && { telegram }),
    ...(webhook && { webhook }),
  });
}
