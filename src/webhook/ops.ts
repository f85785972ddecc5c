import { type FastifyInstance, fastify } from 'fastify';
import { closing } from './closing.ts';

/** A reason why not to send us traffic, or undefined. Each check has to end by itself within a second or two. */
export type ReadinessCheck = () => Promise<string | undefined>;

export interface OpsDeps {
  /** By name; all are asked at each call. */
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  /** False only when the process cannot recover by itself; asks nothing of other systems. */
  readonly alive: () => boolean;
  /** The metrics page and its content type. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: NodeJS.ReadableStream }>;
}

/** The listener of port 8081, apart from the API so that no ingress ever shows it. It never listens by itself. */
export function opsApp({ readiness, alive, metrics }: OpsDeps): FastifyInstance {
  const app = fastify({ keepAliveTimeout: 5000, requestTimeout: 10_000, return503OnClosing: false, exposeHeadRoutes: false });
  const closes = closing(app);

  app.get('/livez', async (_, reply) => (alive() ? { status: 'ok' } : reply.code(503).send({ status: 'failed' })));

  app.get('/readyz', async (_, reply) => {
    const checks = closes.aborted ? { closing: 'the server is closing' } : await ask(readiness);
    const ready = Object.values(checks).every(answer => answer === 'ok');
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'failed', checks });
  });

  app.get('/metrics', async (_, reply) => {
    const { contentType, body } = await metrics();
    return reply.type(contentType).send(body);
  });

  return app;
}

async function ask(readiness: OpsDeps['readiness']): Promise<Record<string, string>> {
  const answers = await Promise.all(
    Object.entries(readiness).map(async ([name, check]) => {
      const problem = await check().catch((err: unknown) => (err instanceof Error ? err.message : String(err)));
      return [name, problem ?? 'ok'] as const;
    }),
  );
  return Object.fromEntries(answers);
}
