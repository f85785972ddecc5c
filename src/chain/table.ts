import { alertmanagerWebhook } from './alertmanager-webhook.ts';
import { approval } from './approval.ts';
import { health } from './health.ts';
import type { HopTable } from './hop.ts';
import { sentryWebhook } from './sentry-webhook.ts';
import { signozCanary } from './signoz-canary.ts';
import { signozWebhook } from './signoz-webhook.ts';
import { telegram } from './telegram.ts';
import { watchdog } from './watchdog.ts';

export const PLAIN_HOPS: Omit<HopTable, 'AlertmanagerCanary'> = {
  Health: health,
  AlertmanagerWebhook: alertmanagerWebhook,
  SentryWebhook: sentryWebhook,
  SignozWebhook: signozWebhook,
  Telegram: telegram,
  Approval: approval,
  SignozCanary: signozCanary,
  Watchdog: watchdog,
};
