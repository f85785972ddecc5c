import { randomBytes } from 'node:crypto';
import { alertmanagerApi } from '../adapters/alertmanager/alertmanager.ts';
import type { Config } from '../config/load.ts';
import { analysisChannel } from '../delivery/analysis.ts';
import type { DeliveryChannel } from '../delivery/channel.ts';
import { repairRunsChannel } from '../delivery/repair-runs.ts';
import { silenceEndChannel } from '../delivery/silence-end.ts';
import { type OutgoingWebhookDeps, outgoingWebhook } from '../delivery/outgoing-webhook.ts';
import type { ChatBook } from '../delivery/telegram/chat-book.ts';
import { sentryComment } from '../delivery/sentry-comment.ts';
import { changeTold, type Tellers } from '../domain/incidents/told.ts';
import type { OutgoingClient } from '../net/outgoing.ts';
import { analysisMetrics } from '../telemetry/analysis-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/registry.ts';
import type { DeliveryPorts } from './delivery-failpoints.ts';
import type { RepairDesk } from './repair-desk.ts';
import type { Stores } from './stores.ts';
import { telegramChannels } from './telegram-channels.ts';

export interface DeliveryChannelsParts {
  readonly config: Config;
  readonly stores: Stores;
  readonly ports: DeliveryPorts;
  readonly chatBook: ChatBook;
  readonly outgoing: OutgoingClient;
  readonly desk: RepairDesk;
  readonly tellers: Tellers;
  readonly page: Metrics;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Every channel that is set up. */
export function deliveryChannels(parts: DeliveryChannelsParts): DeliveryChannel[] {
  const { config, stores, ports, tellers, page, log, now } = parts;
  const { sentry, analyser } = config;
  const { language } = config.telegram;
  const counted = analysisMetrics(page);
  const analysis = analysisChannel({
    analyser: analyser.url === undefined ? undefined : ports.analyser,
    budget: stores.questions,
    incidents: ports.incidents,
    tellers,
    language,
    analystName: analyser.name,
    timeoutMs: analyser.timeoutMs,
    now,
    nonce: () => randomBytes(12).toString('hex'),
    log,
    analysed: counted.analysed,
  });
  const comment = sentryComment({
    sentry: ports.sentry,
    hasToken: () => sentry.apiToken !== undefined,
    org: sentry.org,
    language,
    log,
    withoutToken: counted.withoutToken,
  });
  const hook = webhookDeps(parts);
  return [
    analysis,
    comment,
    repairRunsChannel({ ...parts.desk, now }),
    ...(hook ? [outgoingWebhook(hook)] : []),
    ...(tellers.telegram ? telegramChannels(parts) : []),
    ...silenceEnd(parts),
  ];
}

/** Undefined where no webhook is set up. */
export function webhookDeps({
  config,
  ports,
  now,
}: Pick<DeliveryChannelsParts, 'config' | 'ports' | 'now'>): OutgoingWebhookDeps | undefined {
  const { webhookUrl, webhookSecret } = config.delivery;
  if (!webhookUrl || !webhookSecret) return undefined;
  return { http: ports.http, url: () => webhookUrl.current(), secret: () => webhookSecret.current(), now };
}

/** Without Alertmanagers there are no silences. */
function silenceEnd({ config, stores, ports, outgoing, tellers, now }: DeliveryChannelsParts): DeliveryChannel[] {
  const { urls, authorization } = config.alertmanagers;
  if (urls.length === 0) return [];
  return [
    silenceEndChannel({
      incidents: ports.incidents,
      alertmanagers: { api: alertmanagerApi(outgoing), urls, authorization: () => authorization?.current() },
      chains: stores.chain,
      tell: changeTold(tellers),
      settleMs: config.incidents.settleMs,
      now,
    }),
  ];
}
