import { alertmanagerCanary } from './alertmanager-canary.ts';
import { alertmanagerWebhook } from './alertmanager-webhook.ts';
import { approval } from './approval.ts';
import { health } from './health.ts';
import type { HopTable } from './hop.ts';
import { sentryWebhook } from './sentry-webhook.ts';
import { signozCanary } from './signoz-canary.ts';
import { signozWebhook } from './signoz-webhook.ts';
import { telegram } from './telegram.ts';
import { watchdog } from './watchdog.ts';

/** Every type of hop and what proves it. A new one is a file beside this, an entry here and a block in the schema. */
export const HOPS: HopTable = {
  Health: health,
  AlertmanagerWebhook: alertmanagerWebhook,
  SentryWebhook: sentryWebhook,
  SignozWebhook: signozWebhook,
  Telegram: telegram,
  Approval: approval,
  AlertmanagerCanary: alertmanagerCanary,
  SignozCanary: signozCanary,
  Watchdog: watchdog,
};
