import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isRecord } from '../../domain/text/json.ts';
import { textAt } from '../../domain/text/json-fields.ts';
import { admitSentry, isUnsigned, type SentryProof, verifySentry } from '../auth/sentry-sender.ts';
import { receiveSentry } from '../intake/receive-sentry.ts';
import { rawBody } from '../refuse.ts';
import { type AlertRoutesDeps, type Arrived, senderRoute, type Taken } from './sender-route.ts';

const REQUEST_ID = /^[\w-]{8,64}$/;

/** The route that Sentry posts to: its Integration Platform, service hooks, the legacy plugin, and bridges of people's own. */
export async function sentryRoutes(app: FastifyInstance, deps: AlertRoutesDeps): Promise<void> {
  senderRoute(app, deps, {
    url: '/api/v1/webhooks/sentry/error',
    source: 'sentry',
    schema: { summary: 'Issues, events and metric alerts from Sentry', tags: ['sentry'] },
    judge: request => {
      const { sentry, allowUnauthenticated } = deps.credentials();
      return admitSentry(proofOf(request), { credentials: sentry, allowUnauthenticated, now: deps.now() });
    },
    verify: request => verifySentry(proofOf(request), rawBody(request), deps.credentials().sentry),
    take: arrived => take(deps, arrived),
  });
}

async function take(deps: AlertRoutesDeps, { request, raw, at }: Arrived): Promise<Taken> {
  const isUnverified = isUnsigned(proofOf(request), deps.credentials().sentry);
  const resource = textAt(request.headers, 'sentry-hook-resource');
  const id = textAt(request.headers, 'request-id');
  const requestId = id !== undefined && REQUEST_ID.test(id) ? id : undefined;
  // Sentry itself stops waiting after a second, and never sends again: what the store takes later than that is not lost all the same.
  const received = await receiveSentry(deps, { raw, resource, requestId, isUnverified, at }, deps.deadline(1));
  if (received.is === 'no-alert') return { is: 'refused', status: 400, reason: received.reason };
  return { is: 'taken', outcomes: [received.outcome] };
}

function proofOf({ headers, query }: FastifyRequest): SentryProof {
  return { headers, urlToken: isRecord(query) ? textAt(query, 'token') : undefined };
}
