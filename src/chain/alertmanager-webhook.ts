import { alertmanagerDrill } from '../domain/drills/drill-payload.ts';
import { directDrill, sendDrill } from './drill.ts';
import { attempt } from './failure.ts';

/** `POST {target}/api/v1/webhooks/alertmanager` accepts a drill as Alertmanager would send it. */
export const alertmanagerWebhook = attempt(async (hop, ctx) => {
  const body = alertmanagerDrill(await directDrill(hop, ctx));
  return sendDrill(hop, ctx, { path: '/api/v1/webhooks/alertmanager', body });
});
