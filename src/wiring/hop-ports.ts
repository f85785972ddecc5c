import { alertmanagerApi } from '../adapters/alertmanager/alertmanager.ts';
import { signozChannels } from '../adapters/signoz/channels.ts';
import { httpTarget } from '../adapters/target/http-target.ts';
import { telegramBot } from '../adapters/telegram/telegram-bot.ts';
import type { Config } from '../config/load.ts';
import type { HopPorts } from '../domain/chain/hop-ports.ts';
import type { SecretReader } from '../domain/ports/secret-reader.ts';
import type { OutgoingClient } from '../net/outgoing.ts';
import type { Stores } from './stores.ts';

export interface HopPortsParts {
  readonly outgoing: OutgoingClient;
  readonly stores: Stores;
  readonly secrets: SecretReader;
  readonly publicUrl: string | undefined;
  readonly signoz: Config['signoz'];
  readonly now: () => Date;
}

/** The world as the operator's hops see it. */
export function hopPorts({ outgoing, stores, secrets, publicUrl, signoz, now }: HopPortsParts): HopPorts {
  return {
    http: httpTarget(outgoing),
    alertmanager: alertmanagerApi(outgoing),
    signoz: signozChannels(outgoing),
    telegram: telegramBot(outgoing),
    drills: stores.drills,
    watchdogs: stores.watchdogs,
    secrets,
    publicUrl,
    now,
    defaultSignoz: namespace => {
      const { url, apiKey, namespaces } = signoz;
      return url !== undefined && apiKey && namespaces.includes(namespace) ? { url, apiKey: apiKey.current() } : undefined;
    },
  };
}
