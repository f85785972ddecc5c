import { alertmanagerSilences } from '../adapters/alertmanager/silences.ts';
import { openaiAdviser } from '../adapters/analyser/openai-adviser.ts';
import { openaiAnalyser } from '../adapters/analyser/openai-analyser.ts';
import { sentryApi } from '../adapters/sentry/sentry.ts';
import { httpTarget } from '../adapters/target/http-target.ts';
import { telegramCards } from '../adapters/telegram/cards.ts';
import { registerWebhook } from '../adapters/telegram/webhook-registration.ts';
import type { Config } from '../config/load.ts';
import type { OutgoingClient } from '../net/outgoing.ts';
import { type DeliveryEnds, type DeliveryPorts, failingEnds } from './delivery-failpoints.ts';
import type { Stores } from './stores.ts';

export interface DeliveryPortsParts {
  readonly config: Config;
  readonly stores: Pick<Stores, 'incidents' | 'outbox'>;
  readonly outgoing: OutgoingClient;
  readonly now: () => Date;
}

/** Everything that is changed on the way from an alert to those who are told. What is not set up is never called. */
export function deliveryPorts({ config, stores, outgoing, now }: DeliveryPortsParts): DeliveryPorts {
  const { telegram, sentry, analyser, alertmanagers, faults } = config;
  const bot = { token: () => telegram.botToken?.current() ?? '', apiRoot: telegram.apiRoot };
  const model = {
    url: analyser.url ?? '',
    model: analyser.model ?? '',
    apiKey: () => analyser.apiKey?.current(),
    timeoutMs: analyser.timeoutMs,
    now,
  };
  const ends: DeliveryEnds = {
    cards: telegramCards(bot),
    sentry: sentryApi(outgoing, {
      url: sentry.apiUrl,
      ...(sentry.org !== undefined && { org: sentry.org }),
      token: () => sentry.apiToken?.current(),
      now,
    }),
    analyser: openaiAnalyser(outgoing, model),
    adviser: openaiAdviser(outgoing, model),
    silences: alertmanagerSilences({
      client: outgoing,
      urls: alertmanagers.urls,
      authorization: () => alertmanagers.authorization?.current(),
      now,
    }),
    http: httpTarget(outgoing),
    pressWebhook: { register: (at, signal) => registerWebhook({ ...bot, ...at }, signal) },
  };
  return { incidents: stores.incidents, outbox: stores.outbox, ...failingEnds(ends, faults.failpoint) };
}
