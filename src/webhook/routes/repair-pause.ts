import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type PauseView, pauseView } from '../../domain/approvals/pause-view.ts';
import type { RepairPause } from '../../domain/ports/repair-pause.ts';
import { callerOf } from '../auth/caller-hook.ts';
import type { WebhookDeps } from '../deps.ts';
import { REFUSALS } from './schema.ts';

export interface RepairPauseRoutesDeps extends WebhookDeps {
  readonly repairPause: RepairPause;
}

const WITHIN_MS = 5000;
const within = (): AbortSignal => AbortSignal.timeout(WITHIN_MS);

const EXAMPLE: PauseView = {
  paused: true,
  requests: [{ by: 'mei@example.com', reason: 'the database is being moved', since: '2026-03-29T02:00:00.000Z' }],
};

const PauseBody = z
  .object({
    paused: z.boolean().describe('Whether anybody asks for it: then no repair begins.'),
    requests: z.array(
      z.object({
        by: z.string().describe('The name of the token or of the Kubernetes user.'),
        reason: z.string(),
        since: z.string().meta({ format: 'date-time' }),
      }),
    ),
  })
  .meta({ example: EXAMPLE });

const NO_REASON = 'say why, for the others, in 1 to 500 characters: {"reason":"the database is being moved"}';

const PauseRequestBody = z
  .strictObject(
    { reason: z.string({ error: NO_REASON }).trim().min(1, { error: NO_REASON }).max(500, { error: NO_REASON }) },
    { error: NO_REASON },
  )
  .meta({ example: { reason: 'the database is being moved' } });

const COMMON = { tags: ['repairs'], security: [{ bearer: [] }] };
const ANSWERS = { response: { 200: PauseBody, ...REFUSALS } };

/** A pause of all repairs: everybody asks for it, and ends it, in their own name alone. */
export const repairPauseRoutes: FastifyPluginAsyncZod<RepairPauseRoutesDeps> = async (app, { repairPause }) => {
  const standing = async (): Promise<PauseView> => pauseView(await repairPause.requests(within()));

  app.get(
    '/api/v1/repairs/pause',
    { schema: { ...COMMON, ...ANSWERS, summary: 'Who wants repairs paused', description: 'While anybody does, no repair begins.' } },
    standing,
  );

  app.post(
    '/api/v1/repairs/pause',
    {
      schema: {
        ...COMMON,
        ...ANSWERS,
        summary: 'Pause all repairs, in the name of the caller',
        description: 'It holds while anybody asks for it. Asked again, the newer reason stands. Repairs that are under way go on.',
        body: PauseRequestBody,
      },
    },
    async request => {
      await repairPause.request({ by: callerOf(request), reason: request.body.reason }, within());
      return standing();
    },
  );

  app.post(
    '/api/v1/repairs/resume',
    {
      schema: {
        ...COMMON,
        ...ANSWERS,
        summary: "Withdraw the caller's own wish for a pause",
        description: 'What others ask for stays: the answer names them. Asked again, it answers the same.',
      },
    },
    async request => {
      await repairPause.withdraw(callerOf(request), within());
      return standing();
    },
  );
};
