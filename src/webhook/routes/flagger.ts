import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ProbeVerdict } from '../../domain/verdict/verdict.ts';
import type { WebhookDeps } from '../deps.ts';
import { judge } from './judge.ts';
import { ErrorBody, REFUSALS, Seconds } from './schema.ts';

/** What Flagger posts (pkg/controller/webhook.go): the canary's own name and namespace, and metadata as the user wrote it. */
const FlaggerCall = z.object({
  name: z.string(),
  namespace: z.string(),
  phase: z.string().optional(),
  checksum: z.string().optional(),
  metadata: z.object({
    probe: z
      .string()
      .regex(/^([a-z0-9-]{1,63}\/)?[a-z0-9.-]{1,253}$/)
      .describe('NAME or NAMESPACE/NAME of the probe; by default in the namespace of the release.'),
    maxAge: Seconds.default(300),
  }),
});

/** `POST /api/v1/gates/flagger`: 200 lets the release go on, 403 with the reason holds it. Never 204, which Flagger takes for a failure. */
export const flaggerRoutes: FastifyPluginAsyncZod<WebhookDeps> = async (app, deps) => {
  app.post(
    '/api/v1/gates/flagger',
    {
      schema: {
        summary: 'Gate for Flagger',
        description:
          'Flagger sends no header of its own: put an API token into the URL as the password, `http://flagger:TOKEN@host/api/v1/gates/flagger`.',
        tags: ['gates'],
        security: [{ bearer: [] }, { basic: [] }],
        body: FlaggerCall,
        response: { 200: z.string(), ...REFUSALS, 403: z.union([z.string(), ErrorBody]) },
      },
    },
    async (request, reply) => {
      const { namespace, metadata } = request.body;
      const [name = '', own = namespace] = metadata.probe.split('/').toReversed();
      const given = await judge(deps, { namespace: own, name, maxAgeSeconds: metadata.maxAge });
      // Flagger shows the text in an event.
      reply.type('text/plain; charset=utf-8');
      return given.ok ? reply.send('ok') : reply.code(403).send(`probe ${own}/${name} holds the release: ${reasons(given)}`);
    },
  );
};

function reasons({ failed }: ProbeVerdict): string {
  return failed.map(({ hop, cause, message }) => `${hop === null ? '' : `hop ${hop}: `}${cause}: ${message}`).join(' ');
}
