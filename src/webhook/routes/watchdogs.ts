import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { WebhookDeps } from '../deps.ts';
import { REFUSALS } from './schema.ts';

const READ_WITHIN_MS = 5000;

const Source = z.enum(['alertmanager', 'signoz']);
const Time = z.string().meta({ format: 'date-time' });

const Watchdogs = z.object({
  now: Time.describe('The clock that the other times are by.'),
  watchdogs: z.array(
    z.object({ source: Source, labels: z.record(z.string(), z.string()), status: z.enum(['firing', 'resolved']), at: Time }),
  ),
});

/** `GET /api/v1/watchdogs`: the newest that was heard from each Watchdog, for a Watchdog hop that is run outside of the cluster. */
export const watchdogRoutes: FastifyPluginAsyncZod<WebhookDeps> = async (app, { watchdogs, now }) => {
  app.get(
    '/api/v1/watchdogs',
    {
      schema: {
        summary: 'When each Watchdog was last heard',
        tags: ['drills'],
        security: [{ bearer: [] }],
        querystring: z.object({ source: Source.default('alertmanager') }),
        response: { 200: Watchdogs, ...REFUSALS },
      },
    },
    async request => {
      const heard = await watchdogs.list(request.query.source, AbortSignal.timeout(READ_WITHIN_MS));
      return {
        now: now().toISOString(),
        watchdogs: heard.map(({ labels, at, ...one }) => ({ ...one, labels: { ...labels }, at: at.toISOString() })),
      };
    },
  );
};
