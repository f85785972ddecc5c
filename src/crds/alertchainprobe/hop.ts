import { z } from 'zod';
import { Duration } from '../duration.ts';
import { HttpAuth, HttpUrl, SecretKeyRef, SecretRef } from '../reference.ts';

export const HopType = z.enum([
  'Health',
  'AlertmanagerWebhook',
  'SentryWebhook',
  'SignozWebhook',
  'Telegram',
  'Approval',
  'AlertmanagerCanary',
  'SignozCanary',
  'Watchdog',
]);
export type HopType = z.infer<typeof HopType>;

const Labels = z.record(z.string(), z.string().max(1024));

const SentryBlock = z.object({ clientSecret: SecretKeyRef.optional() });

const TelegramBlock = z.object({
  via: z.enum(['Bot', 'API']).default('Bot'),
  botToken: SecretKeyRef.optional(),
  chatId: z.string().optional(),
  messageThreadId: z.int().min(1).optional(),
  apiRoot: HttpUrl.default('https://api.telegram.org'),
});

const AlertmanagerBlock = z.object({
  urls: z.array(HttpUrl).min(1).max(16),
  receiver: z.string().min(1).max(256),
  auth: HttpAuth.optional(),
  labels: Labels.default({}),
  routes: z
    .array(z.object({ labels: Labels }))
    .max(32)
    .default([]),
});

const SignozBlock = z.object({ secretRef: SecretRef.optional(), channel: z.string().min(1).max(256) });

const WatchdogBlock = z.object({
  source: z.enum(['alertmanager', 'signoz']).default('alertmanager'),
  maxAge: Duration.default('3m'),
  labels: Labels.default({}),
});

/** One hop of the chain: `type` picks the block; rules on the CRD hold the two together. */
export const HopSpec = z.object({
  name: z.string().min(1).max(63),
  type: HopType,
  timeout: Duration.optional(),
  latencyBudget: Duration.optional(),
  sentry: SentryBlock.optional(),
  telegram: TelegramBlock.optional(),
  alertmanager: AlertmanagerBlock.optional(),
  signoz: SignozBlock.optional(),
  watchdog: WatchdogBlock.optional(),
});
export type HopSpec = z.infer<typeof HopSpec>;
