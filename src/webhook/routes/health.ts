import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { WebhookDeps } from '../deps.ts';

const Health = z.object({ status: z.enum(['healthy', 'unhealthy']), store: z.enum(['reachable', 'away']), version: z.string() });

const ANSWER_WITHIN_MS = 2000;

/**
 * `GET /api/v1/health`: 200 while alerts can be taken, 503 while the store is away or takes no writes. Kubelets ask /livez and /readyz
 * instead.
 */
export const healthRoutes: FastifyPluginAsyncZod<WebhookDeps> = async (app, { storeWritable, version }) => {
  app.get(
    '/api/v1/health',
    { schema: { summary: 'Whether alerts can be taken', tags: ['health'], response: { 200: Health, 503: Health } } },
    async (_, reply) => {
      const writes = await storeWritable(AbortSignal.timeout(ANSWER_WITHIN_MS)).then(
        () => true,
        () => false,
      );
      if (writes) return { status: 'healthy' as const, store: 'reachable' as const, version };
      return reply.code(503).send({ status: 'unhealthy', store: 'away', version });
    },
  );
};
