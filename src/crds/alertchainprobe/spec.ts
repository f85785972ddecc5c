import { z } from 'zod';
import { Duration } from '../duration.ts';
import { HttpAuth, HttpUrl, SecretKeyRef } from '../reference.ts';
import { HopSpec } from './hop.ts';

const Schedule = z.object({
  every: Duration.optional(),
  cron: z.string().max(128).optional(),
  timeZone: z.string().max(64).optional(),
});

const MaintenanceWindow = z.object({ cron: z.string().max(128), duration: Duration, timeZone: z.string().max(64).optional() });

const RolloutRef = z.object({ kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']), name: z.string().min(1).max(253) });

const TelegramNotify = z.object({
  botToken: SecretKeyRef,
  chatId: z.string().min(1).max(64),
  messageThreadId: z.int().min(1).optional(),
  apiRoot: HttpUrl.default('https://api.telegram.org'),
});

const WebhookNotify = z.object({ url: HttpUrl, auth: HttpAuth.optional() });

/** What to prove, how often, and whom to tell: field by field in docs/spec/alertchainprobe.md. */
export const AlertChainProbeSpec = z.object({
  schedule: Schedule,
  timeout: Duration.default('30s'),
  runToken: z.string().max(256).default(''),
  gate: z.enum(['Enforce', 'Report']).default('Enforce'),
  suspend: z.boolean().default(false),
  target: z.object({ url: HttpUrl, auth: HttpAuth.optional() }).optional(),
  hops: z.array(HopSpec).min(1).max(32),
  failureThreshold: z.int().min(1).max(100).default(2),
  maintenance: z.array(MaintenanceWindow).max(16).default([]),
  afterRollout: z.array(RolloutRef).max(16).default([]),
  notify: z.object({ telegram: TelegramNotify.optional(), webhook: WebhookNotify.optional() }).optional(),
  heartbeat: z.object({ url: HttpUrl }).optional(),
  historyLimit: z.int().min(1).max(100).default(10),
});
export type AlertChainProbeSpec = z.infer<typeof AlertChainProbeSpec>;
