import { alertmanagerApi } from '../adapters/alertmanager/alertmanager.ts';
import { signozChannels } from '../adapters/signoz/channels.ts';
import { httpTarget } from '../adapters/target/http-target.ts';
import { telegramBot } from '../adapters/telegram/telegram-bot.ts';
import type { HopPorts } from '../domain/chain/hop-ports.ts';
import type { SecretReader } from '../domain/ports/secret-reader.ts';
import type { OutgoingClient } from '../net/outgoing.ts';
import type { Stores } from './stores.ts';

export interface HopPortsParts {
  readonly outgoing: OutgoingClient;
  readonly stores: Stores;
  readonly secrets: SecretReader;
  readonly publicUrl: string | undefined;
  readonly defaultSignoz: HopPorts['defaultSignoz'];
  readonly now: () => Date;
}

/** The world as the operator's hops see it. */
export function hopPorts({ outgoing, stores, secrets, publicUrl, defaultSignoz, now }: HopPortsParts): HopPorts {
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
    ...(defaultSignoz && { defaultSignoz }),
  };
}
