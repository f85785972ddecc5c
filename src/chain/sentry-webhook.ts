import type { HopSpec } from '../crds/alertchainprobe/hop.ts';
import { sentryDrill } from '../domain/drills/drill-payload.ts';
import { newNonce } from '../domain/drills/nonce.ts';
import { sentryHeaders } from '../domain/sentry/webhook-headers.ts';
import { sendDrill } from './drill.ts';
import { attempt } from './failure.ts';
import type { HopContext } from './hop.ts';
import { secretValue } from './secrets.ts';

/** `POST {target}/api/v1/webhooks/sentry/error` accepts an issue whose id says that it is a drill, signed where a client secret is given. */
export const sentryWebhook = attempt(async (hop, ctx) => {
  const { request, startedAt } = ctx;
  const probe = `${request.namespace}/${request.name}`;
  const body = sentryDrill({ nonce: newNonce(), probe, hop: hop.name, startsAt: startedAt });
  const clientSecret = await clientSecretOf(hop, ctx);
  const headers = sentryHeaders({ resource: 'issue', body, clientSecret, at: ctx.ports.now() });
  return sendDrill(hop, ctx, { path: '/api/v1/webhooks/sentry/error', body, headers });
});

function clientSecretOf({ sentry }: HopSpec, { request, ports, signal }: HopContext): Promise<string> | undefined {
  return sentry?.clientSecret && secretValue(sentry.clientSecret, { secrets: ports.secrets, namespace: request.namespace, signal });
}
