import { z } from 'zod';
import type { DrillRegistry } from '../../src/domain/ports/drill-registry.ts';
import type { Received, Reply } from '../servers/http-server.ts';

export const WEBHOOK_PATH = '/api/v1/webhooks/alertmanager';
export const TOKEN = 'the-right-token';

const Payload = z.object({
  receiver: z.string(),
  alerts: z.array(z.object({ labels: z.record(z.string(), z.string()) })),
});

/** What the operator's webhook does with canaries: 401 and 405 unread and on record, everything else a return. */
export function webhookStandIn(registry: DrillRegistry) {
  return async (request: Received): Promise<Reply> => {
    const signal = AbortSignal.timeout(5_000);
    if (request.method !== 'POST') return refuse(registry, request, { status: 405, reason: `${request.method} is not POST` });
    if (request.headers['authorization'] !== `Bearer ${TOKEN}`) {
      return refuse(registry, request, { status: 401, reason: 'no or another credential' });
    }
    const { receiver, alerts } = Payload.parse(JSON.parse(request.body));
    const back = { returnedAt: new Date(), via: 'alertmanager', receiver: receiver.replaceAll(/\\([\\.+*?()|[\]{}^$])/g, '$1') };
    for (const nonce of alerts.flatMap(({ labels }) => labels['awoooi_nonce'] ?? []))
      await registry.recordReturn({ nonce, ...back }, signal);
    return { status: 200 };
  };
}

/** A refusal as the operator's webhook records it. */
export async function refuse(
  registry: DrillRegistry,
  request: Received,
  { status, reason }: { status: number; reason: string },
): Promise<Reply> {
  const nonces = status === 503 ? [...request.body.matchAll(/"awoooi_nonce":"([a-z0-9]{26})"/g)].flatMap(([, nonce]) => nonce ?? []) : [];
  const { path: route, headers } = request;
  const userAgent = headers['user-agent'];
  const refusal = { at: new Date(), route, status, reason, nonces, remote: '127.0.0.1', ...(userAgent !== undefined && { userAgent }) };
  await registry.recordRefusal(refusal, AbortSignal.timeout(5_000));
  return { status, body: reason };
}
