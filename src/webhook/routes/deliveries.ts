import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { deliveriesView } from '../../domain/incidents/incident-view.ts';
import { CHANNELS } from '../../domain/incidents/told.ts';
import type { WebhookDeps } from '../deps.ts';
import { DeliveriesBody } from './incident-schema.ts';
import { REFUSALS } from './schema.ts';

const STORE_WITHIN_MS = 5000;
const SHOWN = 500;
const SHOWN_WAITING = 50;
const COMMON = { tags: ['deliveries'], security: [{ bearer: [] }] };

/** Strict: a field that is misspelt would put back everything. */
const Retry = z.strictObject({
  incident_id: z.string().max(64).exactOptional().describe('Only those of this incident.'),
  channel: z.enum(CHANNELS).exactOptional().describe('Only those of this channel.'),
});

/** What waits to be told, what was given up, and another try for that. */
export const deliveryRoutes: FastifyPluginAsyncZod<WebhookDeps> = async (app, { outbox }) => {
  app.get(
    '/api/v1/deliveries',
    {
      schema: {
        ...COMMON,
        summary: 'What waits to be told, and the dead letters',
        description: `At most ${SHOWN_WAITING} of what waits and ${SHOWN} dead letters; \`dead\` counts them all.`,
        response: { 200: DeliveriesBody, ...REFUSALS },
      },
    },
    async () => {
      const signal = AbortSignal.timeout(STORE_WITHIN_MS);
      const [depth, longest, letters] = await Promise.all([
        outbox.depth(signal),
        outbox.waiting(SHOWN_WAITING, signal),
        outbox.dead(SHOWN, signal),
      ]);
      return deliveriesView(depth, { longest, letters });
    },
  );

  app.post(
    '/api/v1/deliveries/retry',
    {
      schema: {
        ...COMMON,
        summary: 'Put dead letters back to be delivered',
        description: 'Those of one incident, of one channel, or all.',
        body: Retry.nullish(),
        response: { 200: z.object({ retried: z.int() }), ...REFUSALS },
      },
    },
    async request => {
      const { incident_id: incidentId, channel } = request.body ?? {};
      const of = { ...(incidentId !== undefined && { incidentId }), ...(channel !== undefined && { channel }) };
      return { retried: await outbox.retryDead(of, AbortSignal.timeout(STORE_WITHIN_MS)) };
    },
  );
};
