import { signozDrill } from '../domain/drills/drill-payload.ts';
import { directDrill, sendDrill } from './drill.ts';
import { attempt } from './failure.ts';

/** `POST {target}/api/v1/webhooks/signoz` accepts a drill as SigNoz would send it. */
export const signozWebhook = attempt(async (hop, ctx) => {
  const body = signozDrill(await directDrill(hop, ctx));
  return sendDrill(hop, ctx, { path: '/api/v1/webhooks/signoz', body });
});
