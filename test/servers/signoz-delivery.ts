import { setTimeout as pause } from 'node:timers/promises';
import type { SignozReceiver } from './signoz-channels.ts';
import { type NotifyFailure, notify, type WebhookConfig } from './signoz-notifier.ts';
import { type Labels, type NotifiedAlert, sortedLabels, webhookPayload } from './signoz-payload.ts';

/** What became of one notification. */
export interface Delivery {
  readonly channel: string;
  readonly attempts: number;
  /** Of the last attempt; absent after a 2xx. */
  readonly error?: string;
}

interface DeliveryOptions {
  readonly receiver: (name: string) => SignozReceiver | undefined;
  readonly firstMs: number;
  readonly withinMs: number;
  readonly stopped: AbortSignal;
}

/** What one notification is about. */
export interface GroupOfAlerts {
  readonly channel: string;
  readonly alerts: readonly NotifiedAlert[];
  readonly groupLabels: Labels;
}

const LONGEST_MS = 1000;

/** Sends as the Alertmanager inside SigNoz: 5xx and a broken connection are tried again for as long as the flush lasts, a 4xx is not. */
export function deliveries({ receiver, firstMs, withinMs, stopped }: DeliveryOptions) {
  async function send(webhook: WebhookConfig, payload: object): Promise<{ attempts: number; failure?: NotifyFailure }> {
    const deadline = performance.now() + withinMs;
    for (let attempts = 1, waitMs = firstMs; ; attempts += 1, waitMs = Math.min(waitMs * 2, LONGEST_MS)) {
      const failure = await notify(webhook, payload);
      if (!failure) return { attempts };
      if (!failure.retry || stopped.aborted || performance.now() + waitMs > deadline) return { attempts, failure };
      await pause(waitMs, undefined, { signal: stopped }).catch(() => {});
    }
  }

  async function deliver({ channel, alerts, groupLabels }: GroupOfAlerts): Promise<Delivery> {
    const results = await Promise.all(
      (receiver(channel)?.webhook_configs ?? []).flatMap(webhook => {
        const told = webhook.send_resolved === false ? alerts.filter(({ status }) => status === 'firing') : alerts;
        const groupKey = `{__receiver__=${JSON.stringify(channel)}}:${labelSet(groupLabels)}`;
        const payload = { receiver: channel, alerts: told, groupLabels, groupKey, maxAlerts: webhook.max_alerts ?? 0 };
        return told.length === 0 ? [] : [send(webhook, webhookPayload(payload))];
      }),
    );
    const failure = results.map(result => result.failure).find(Boolean);
    const attempts = results.reduce((sum, result) => sum + result.attempts, 0);
    return { channel, attempts, ...(failure && { error: failure.error }) };
  }

  return { deliver };
}

function labelSet(labels: Labels): string {
  const pairs = Object.entries(sortedLabels(labels)).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${pairs.join(', ')}}`;
}
