import type { FastifyInstance } from 'fastify';
import type { PrometheusSender } from '../../domain/alerts/alert.ts';
import { admitSender } from '../auth/sender.ts';
import { parseAlertBody } from '../intake/alert-body.ts';
import { receive } from '../intake/receive.ts';
import { type AlertRoutesDeps, type Arrived, senderRoute, type Taken } from './sender-route.ts';

const ROUTES: readonly { readonly url: string; readonly source: PrometheusSender; readonly summary: string }[] = [
  { url: '/api/v1/webhooks/alertmanager', source: 'alertmanager', summary: 'Alerts from Alertmanager' },
  { url: '/api/v1/webhooks/signoz', source: 'signoz', summary: 'Alerts from SigNoz' },
  { url: '/api/v1/webhooks/signoz/alert', source: 'signoz', summary: 'Alerts from SigNoz, the older path' },
];

/** The routes that Alertmanager and SigNoz post to. */
export async function alertRoutes(app: FastifyInstance, deps: AlertRoutesDeps): Promise<void> {
  for (const { url, source, summary } of ROUTES) {
    senderRoute(app, deps, {
      url,
      source,
      schema: { summary, tags: ['alerts'], security: [{ bearer: [] }, { basic: [] }] },
      judge: ({ headers }) => {
        const credentials = deps.credentials();
        return admitSender(headers.authorization, credentials[source], credentials);
      },
      take: arrived => take(deps, source, arrived),
    });
  }
}

async function take(deps: AlertRoutesDeps, source: PrometheusSender, { raw, at }: Arrived): Promise<Taken> {
  const body = parseAlertBody(raw, at);
  if (body.is === 'no-alert') return { is: 'refused', status: 400, reason: body.reason };
  if (body.is === 'too-much') return { is: 'refused', status: 413, reason: body.reason };
  const outcomes = await receive(deps, { source, at, body }, deps.deadline(body.alerts.length));
  if (body.isTruncated) deps.truncated?.(source);
  return { is: 'taken', outcomes };
}
