import { retryAfterMs } from '../domain/delivery/retry-after.ts';
import { deliveryId, webhookBody, type WebhookMessage } from '../domain/delivery/webhook-body.ts';
import { webhookSignature } from '../domain/delivery/webhook-signature.ts';
import type { HttpAnswer, HttpTarget } from '../domain/ports/http-target.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { statusFault } from '../domain/ports/wire-failure.ts';
import { excerpt } from '../domain/text/excerpt.ts';
import { urlKeys } from '../domain/text/url-keys.ts';
import type { DeliveryChannel } from './channel.ts';

export interface OutgoingWebhookDeps {
  readonly http: HttpTarget;
  /** Asked at each delivery: both may be replaced while we run. */
  readonly url: () => string;
  readonly secret: () => string;
  readonly now: () => Date;
}

/** Sends the incident as it is now, signed (docs/webhook.md). A repeat has the same X-Awoooi-Delivery. */
export function outgoingWebhook(deps: OutgoingWebhookDeps): DeliveryChannel {
  return {
    name: 'webhook',
    async deliver({ incident }, signal) {
      const delivery = deliveryId(incident);
      await postSigned({ delivery, body: webhookBody(incident) }, deps, signal);
      return { is: 'delivered', memo: { delivery } };
    },
  };
}

/** One request of the outgoing webhook. */
export async function postSigned({ delivery, body }: WebhookMessage, deps: OutgoingWebhookDeps, signal: AbortSignal): Promise<void> {
  const { http, now } = deps;
  const url = deps.url();
  const key = deps.secret();
  const secrets = [key, url, ...urlKeys(url)];
  const timestamp = `${Math.floor(now().getTime() / 1000)}`;
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'awoooi-operator',
    'x-awoooi-delivery': delivery,
    'x-awoooi-timestamp': timestamp,
    'x-awoooi-signature': webhookSignature(key, { timestamp, body }),
  };
  const answer = await http.send({ method: 'POST', url, headers, body, secrets }, signal);
  refuseFailure(answer, { secrets, now: now() });
}

function refuseFailure({ status, headers, body }: HttpAnswer, { secrets, now }: { secrets: readonly string[]; now: Date }): void {
  if (status >= 200 && status < 300) return;
  const said = excerpt(body, secrets);
  const asked = retryAfterMs(headers['retry-after'], now);
  const message = `the outgoing webhook answered ${status}${said === '' ? '' : `: ${said}`}; see AWOOOI_OUTGOING_WEBHOOK_URL`;
  throw new PortError(statusFault(status) ?? 'rejected', message, {
    statusCode: status,
    ...(asked !== undefined && { retryAfterMs: asked }),
  });
}
