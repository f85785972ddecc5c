import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AlertSource } from '../../domain/drills/alert.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { admissionOf, admitSender, keepAdmission } from '../auth/sender.ts';
import { BodyRefused, takeAnyContentType } from '../bodies.ts';
import type { WebhookDeps } from '../deps.ts';
import type { Evidence } from '../evidence.ts';
import { parseAlertBody } from '../intake/alert-body.ts';
import { answerFor, countedAs } from '../intake/answer.ts';
import { provesASender, receive } from '../intake/receive.ts';
import { rawBody, type Refused, refuse } from '../refuse.ts';

export interface AlertRoutesDeps extends WebhookDeps {
  readonly evidence: Evidence;
}

const ROUTES: readonly { readonly url: string; readonly source: AlertSource; readonly summary: string }[] = [
  { url: '/api/v1/webhooks/alertmanager', source: 'alertmanager', summary: 'Alerts from Alertmanager' },
  { url: '/api/v1/webhooks/signoz', source: 'signoz', summary: 'Alerts from SigNoz' },
  { url: '/api/v1/webhooks/signoz/alert', source: 'signoz', summary: 'Alerts from SigNoz, the older path' },
];

/** What a sender can be answered. */
const ANSWERS = [200, 400, 401, 413, 500, 503];

/** Below the ten seconds after which Alertmanager gives up and sends the same body again. */
const STORE_WITHIN_MS = 5000;

/** The routes that senders of alerts post to. What they are refused is kept as evidence. */
export async function alertRoutes(app: FastifyInstance, deps: AlertRoutesDeps): Promise<void> {
  for (const route of ROUTES) {
    const { url, source, summary } = route;
    deps.metrics.route('POST', url, ANSWERS);
    // What a redirect on the way makes of a POST.
    deps.metrics.route('GET', url, [405]);
    app.route({
      method: 'POST',
      url,
      schema: { summary, tags: ['alerts'], security: [{ bearer: [] }, { basic: [] }] },
      onRequest: async request => judge(deps, source, request),
      preValidation: async (request, reply) => admit(deps, source, { request, reply }),
      handler: async (request, reply) => take(deps, source, { request, reply }),
      errorHandler: (err, request, reply) => void fail({ ...deps, source }, err, { request, reply }),
      onResponse: async (_, reply) => deps.metrics.webhook(source, reply.elapsedTime / 1000),
    });
    app.route({
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      url,
      schema: { hide: true },
      onRequest: async request => takeAnyContentType(request),
      handler: async (request, reply) => {
        const reason = `${request.method} is not taken here, only POST`;
        return refuse(request, reply.header('allow', 'POST'), { status: 405, reason, evidence: deps.evidence, now: deps.now() });
      },
    });
  }
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Before the body is read: how much of it is read depends on who sends it. */
function judge(deps: AlertRoutesDeps, source: AlertSource, request: FastifyRequest): void {
  const credentials = deps.credentials();
  keepAdmission(request, admitSender(request.headers.authorization, credentials[source], credentials));
  takeAnyContentType(request);
}

/** After the body was read: the nonces in it tell which canary was turned away. */
function admit(deps: AlertRoutesDeps, source: AlertSource, exchange: Exchange): FastifyReply | undefined {
  const admission = admissionOf(exchange.request);
  return admission.is === 'admitted' ? undefined : turnAway({ ...deps, source }, { status: 401, reason: admission.reason }, exchange);
}

async function take(deps: AlertRoutesDeps, source: AlertSource, exchange: Exchange): Promise<unknown> {
  const body = parseAlertBody(rawBody(exchange.request));
  if (body.is === 'no-alert') return turnAway({ ...deps, source }, { status: 400, reason: body.reason }, exchange);
  if (body.is === 'too-much') return turnAway({ ...deps, source }, { status: 413, reason: body.reason }, exchange);
  const at = deps.now();
  const received = await receive(deps, { source, at, body }, AbortSignal.timeout(STORE_WITHIN_MS));
  for (const entry of received) deps.metrics.received(source, countedAs(entry));
  if (received.some(provesASender)) deps.metrics.lastReceived(at);
  return answerFor(received);
}

/** The store away: 503, and the sender tries again. Anything else that Fastify found wrong keeps its status. */
function fail(deps: AlertRoutesDeps & { source: AlertSource }, err: Error & { statusCode?: number }, exchange: Exchange): FastifyReply {
  if (err instanceof PortError) {
    deps.logger.warn({ source: deps.source, err }, 'alerts refused because the store is away');
    return turnAway(deps, { status: 503, reason: 'the store is away, so nothing was taken; send it again' }, exchange);
  }
  const status = err.statusCode ?? 500;
  if (err instanceof BodyRefused) {
    deps.logger.warn({ source: deps.source, err }, 'alerts refused because their body is too much');
    return turnAway(deps, { status, reason: err.message }, exchange);
  }
  if (status < 500) return turnAway(deps, { status, reason: excerpt(err.message) }, exchange);
  deps.logger.error({ source: deps.source, err }, 'alerts could not be taken');
  return turnAway(deps, { status: 500, reason: 'internal error; the log of this server names it' }, exchange);
}

function turnAway(deps: AlertRoutesDeps & { source: AlertSource }, refused: Refused, { request, reply }: Exchange): FastifyReply {
  const { source, evidence, metrics, now } = deps;
  // What the sender has to send again is not lost, so it is not counted as rejected.
  if (refused.status < 500) metrics.received(source, 'rejected');
  return refuse(request, reply, { ...refused, evidence, now: now() });
}
