import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { cameThrough, wantedReturn } from '../../domain/drills/came-through.ts';
import { newNonce } from '../../domain/drills/nonce.ts';
import { isUnread } from '../../domain/drills/refusals.ts';
import type { DrillReturn, Refusal } from '../../domain/ports/drill-registry.ts';
import type { WebhookDeps } from '../deps.ts';
import { callerOf } from '../auth/caller-hook.ts';
import { ErrorBody, REFUSALS, Seconds } from './schema.ts';

export interface DrillRoutesDeps extends WebhookDeps {
  /** Aborts when the server begins to close: a long poll answers then. */
  readonly closing: AbortSignal;
}

const STORE_WITHIN_MS = 5000;
const LONGEST_WAIT_S = 25;
/** The resolution of a canary may come hours after it. */
const LONGEST_LIFE_S = 86_400;
const EVIDENCE_SINCE_MS = 15 * 60_000;

const DrillsRequest = z.object({
  ttlSeconds: z.int().min(10).max(LONGEST_LIFE_S).default(300).describe('How long the nonces are taken for drills.'),
  count: z.int().min(1).max(64).default(1),
});

const Time = z.string().meta({ format: 'date-time' });

const Return = z.object({
  returnedAt: Time,
  via: z.string().describe('The webhook that it came back on.'),
  receiver: z.string().optional(),
});

const DrillState = z.object({
  nonce: z.string(),
  expiresAt: Time,
  returned: z.boolean(),
  ...Return.partial().shape,
  returns: z
    .array(Return)
    .describe('The first return through each receiver, the first first; the fields beside it are of the one asked for.'),
  refusals: z
    .array(
      z.object({
        at: Time,
        route: z.string(),
        status: z.int(),
        reason: z.string(),
        nonces: z.array(z.string()),
        bodyRead: z.boolean().optional(),
        userAgent: z.string().optional(),
        remote: z.string().optional(),
      }),
    )
    .describe('What this server refused that held this nonce, and in the last 15 minutes that whose body was not read.'),
});

/** Nonces for those who run a chain without Redis: registered here before they are sent, and asked for afterwards. */
export const drillRoutes: FastifyPluginAsyncZod<DrillRoutesDeps> = async (app, { drills, now, closing }) => {
  app.post(
    '/api/v1/drills',
    {
      schema: {
        summary: 'Register nonces for drills',
        tags: ['drills'],
        security: [{ bearer: [] }],
        body: DrillsRequest.nullish(),
        response: { 201: z.object({ drills: z.array(z.object({ nonce: z.string(), expiresAt: Time })) }), ...REFUSALS },
      },
    },
    async (request, reply) => {
      const { ttlSeconds, count } = DrillsRequest.parse(request.body ?? {});
      const expiresAt = new Date(now().getTime() + ttlSeconds * 1000);
      const registered = Array.from({ length: count }, () => ({ nonce: newNonce(), owner: callerOf(request), expiresAt }));
      await drills.register(registered, AbortSignal.timeout(STORE_WITHIN_MS));
      return reply.code(201).send({ drills: registered.map(({ nonce }) => ({ nonce, expiresAt: expiresAt.toISOString() })) });
    },
  );

  app.get(
    '/api/v1/drills/:nonce',
    {
      schema: {
        summary: 'Whether a drill is back',
        tags: ['drills'],
        security: [{ bearer: [] }],
        params: z.object({ nonce: z.string().regex(/^[a-z0-9]{26}$/) }),
        querystring: z.object({
          wait: Seconds.default(0).describe('Answer when it is back, or after this long; at most 25 s.'),
          receiver: z.string().max(256).optional().describe('Wait for its return through this receiver. Left out: through any.'),
        }),
        response: { 200: DrillState, 404: ErrorBody, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const { nonce } = request.params;
      const waitMs = Math.min(request.query.wait, LONGEST_WAIT_S) * 1000;
      const known = await drills.find(nonce, AbortSignal.timeout(STORE_WITHIN_MS));
      if (!known) return reply.code(404).send({ error: 'Not Found', message: 'no drill of this nonce is registered, or it has expired' });
      const until = AbortSignal.any([AbortSignal.timeout(waitMs), closing]);
      const { receiver } = request.query;
      const waits = waitMs > 0 && !known.returns.some(back => cameThrough(back, receiver));
      if (waits) await drills.awaitReturns([nonce], until, receiver);
      const { returns } = (waits ? await drills.find(nonce, AbortSignal.timeout(STORE_WITHIN_MS)) : undefined) ?? known;
      const back = wantedReturn(returns, receiver);
      const since = new Date(now().getTime() - EVIDENCE_SINCE_MS);
      const refusals = await drills.refusalsSince(since, AbortSignal.timeout(STORE_WITHIN_MS), [nonce]);
      return {
        nonce,
        expiresAt: known.drill.expiresAt.toISOString(),
        returned: back !== undefined,
        ...(back && shownReturn(back)),
        returns: returns.map(shownReturn),
        refusals: refusals.filter(refusal => refusal.nonces.includes(nonce) || isUnread(refusal)).map(shown),
      };
    },
  );
};

function shownReturn({ returnedAt, via, receiver }: DrillReturn): z.infer<typeof Return> {
  return { returnedAt: returnedAt.toISOString(), via, ...(receiver !== undefined && { receiver }) };
}

function shown({ at, nonces, ...rest }: Refusal): Omit<Refusal, 'at' | 'nonces'> & { at: string; nonces: string[] } {
  return { ...rest, at: at.toISOString(), nonces: [...nonces] };
}
