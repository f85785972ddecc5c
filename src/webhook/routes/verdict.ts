import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { WebhookDeps } from '../deps.ts';
import { judge } from './judge.ts';
import { REFUSALS, Seconds, Verdict } from './schema.ts';

const Params = z.object({ namespace: z.string().max(63), name: z.string().max(253) });

/** `GET …/verdict`: always 200 for a well-formed question, because Argo Rollouts takes anything else for a failed measurement. */
export const verdictRoutes: FastifyPluginAsyncZod<WebhookDeps> = async (app, deps) => {
  app.get(
    '/api/v1/probes/:namespace/:name/verdict',
    {
      schema: {
        summary: 'Whether a release may go on, by one probe',
        description: 'A probe that does not exist is `ok: false` with the cause ProbeNotFound.',
        tags: ['gates'],
        security: [{ bearer: [] }],
        params: Params,
        querystring: z.object({ maxAge: Seconds.default(300) }),
        response: { 200: Verdict, ...REFUSALS },
      },
    },
    async request => {
      const { failed, ...rest } = await judge(deps, { ...request.params, maxAgeSeconds: request.query.maxAge });
      return { ...rest, failed: [...failed] };
    },
  );
};
