import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { PortError } from '../../domain/ports/port-error.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import type { AlertSource } from '../../telemetry/intake-metrics.ts';
import { type Admission, admissionOf, keepAdmission } from '../auth/sender.ts';
import { BodyRefused, takeAnyContentType } from '../bodies.ts';
import type { WebhookDeps } from '../deps.ts';
import type { Evidence } from '../evidence.ts';
import { answerFor, countedAs, type Outcome, provesASender } from '../intake/outcome.ts';
import { rawBody, type Refused, refuse } from '../refuse.ts';
import type { RefusedLog } from '../refused-log.ts';

export interface AlertRoutesDeps extends WebhookDeps {
  readonly evidence: Evidence;
  readonly refused: RefusedLog;
  /** Until when the store has to answer what comes now, by how much it is. */
  readonly deadline: (alerts: number) => AbortSignal;
}

/** What was made of a body: of each of its alerts, or why it is none. */
export type Taken = { readonly is: 'taken'; readonly outcomes: readonly Outcome[] } | ({ readonly is: 'refused' } & Refused);

/** A body, and what its request says around it. */
export interface Arrived {
  readonly request: FastifyRequest;
  readonly raw: Buffer;
  readonly at: Date;
}

/** Where one kind of sender posts its alerts. */
export interface SenderRoute {
  readonly url: string;
  readonly source: AlertSource;
  readonly schema: FastifySchema;
  /** Before the body is read: how much of it is read depends on who sends it. */
  readonly judge: (request: FastifyRequest) => Admission;
  /** Of a request that is admitted by its body, once that is read. */
  readonly verify?: (request: FastifyRequest) => Admission;
  /** Throws PortError while the store is away. */
  readonly take: (arrived: Arrived) => Promise<Taken>;
}

/** What a sender can be answered. */
const ANSWERS = [200, 400, 401, 413, 500, 503];

const PLAIN = /^\s*(identity)?\s*$/i;

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** One route that a sender of alerts posts to. What it is refused is kept as evidence. */
export function senderRoute(app: FastifyInstance, deps: AlertRoutesDeps, route: SenderRoute): void {
  const { url, source, schema } = route;
  const of = { ...deps, source };
  deps.metrics.route('POST', url, ANSWERS);
  // What a redirect on the way makes of a POST.
  deps.metrics.route('GET', url, [405]);
  app.route({
    method: 'POST',
    url,
    schema,
    onRequest(request, _, done) {
      keepAdmission(request, route.judge(request));
      takeAnyContentType(request);
      done();
    },
    // After the body was read: the nonces in it tell which canary was turned away.
    preValidation(request, reply, done) {
      if (isAdmitted(of, route, { request, reply })) done();
    },
    handler: async (request, reply) => take(of, route, { request, reply }),
    errorHandler: (err, request, reply) => void fail(of, err, { request, reply }),
    onResponse(_, reply, done) {
      deps.metrics.webhook(source, reply.elapsedTime / 1000);
      done();
    },
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

type Deps = AlertRoutesDeps & { readonly source: AlertSource };

/** Answers whoever is not. */
function isAdmitted(deps: Deps, { verify }: SenderRoute, exchange: Exchange): boolean {
  const { request } = exchange;
  const first = admissionOf(request);
  const admission = first.is === 'by-body' && verify ? verify(request) : first;
  if (admission.is === 'admitted') return true;
  const reason = admission.is === 'refused' ? admission.reason : 'nothing in the body shows who sent it';
  turnAway(deps, { status: 401, reason }, exchange);
  return false;
}

async function take(deps: Deps, route: SenderRoute, exchange: Exchange): Promise<unknown> {
  // A few kilobytes can unpack to gigabytes, and no sender of ours compresses.
  if (!PLAIN.test(exchange.request.headers['content-encoding'] ?? '')) {
    return turnAway(deps, { status: 400, reason: 'the body is compressed; send it without Content-Encoding' }, exchange);
  }
  const at = deps.now();
  const taken = await route.take({ request: exchange.request, raw: rawBody(exchange.request), at });
  if (taken.is === 'refused') return turnAway(deps, taken, exchange);
  for (const outcome of taken.outcomes) deps.metrics.received(route.source, countedAs(outcome));
  if (taken.outcomes.some(provesASender)) deps.metrics.lastReceived(at);
  return answerFor(taken.outcomes);
}

/** The store away: 503, and the sender tries again. Anything else that Fastify found wrong keeps its status. */
function fail(deps: Deps, err: Error & { statusCode?: number }, exchange: Exchange): FastifyReply {
  if (err instanceof PortError) {
    deps.refused(err);
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

function turnAway(deps: Deps, { status, reason }: Refused, { request, reply }: Exchange): FastifyReply {
  const { source, evidence, metrics, now } = deps;
  // What the sender has to send again is not lost, so it is not counted as rejected.
  if (status < 500) metrics.received(source, 'rejected');
  // Sentry sends nothing again.
  if (status === 503) deps.missed?.();
  return refuse(request, reply, { status, reason, evidence, now: now() });
}
