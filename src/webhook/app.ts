import { type FastifyError, type FastifyInstance, fastify } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { PortError } from '../domain/ports/port-error.ts';
import { isRecord } from '../domain/text/json.ts';
import { excerpt } from '../domain/text/excerpt.ts';
import { CALLER, requireCaller } from './auth/caller-hook.ts';
import { readBodies, takeAnyContentType } from './bodies.ts';
import { closing } from './closing.ts';
import type { WebhookDeps } from './deps.ts';
import { documented } from './docs.ts';
import { type Evidence, evidence } from './evidence.ts';
import { storeDeadlines } from './intake/deadline.ts';
import { sparingly } from './intake/sparingly.ts';
import { errorBody, type Refused, refuse } from './refuse.ts';
import { type RefusedLog, refusedLog } from './refused-log.ts';
import { alertRoutes } from './routes/alerts.ts';
import { approvalRoutes, decisionRoutes } from './routes/approvals.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { drillRoutes } from './routes/drills.ts';
import { flaggerRoutes } from './routes/flagger.ts';
import { healthRoutes } from './routes/health.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { outcomeRoutes } from './routes/outcomes.ts';
import { learningRoutes } from './routes/learning.ts';
import { repairPauseRoutes } from './routes/repair-pause.ts';
import { traceRoutes } from './routes/traces.ts';
import { sentryRoutes } from './routes/sentry.ts';
import { telegramRoutes } from './routes/telegram.ts';
import { telegramStatusRoutes } from './routes/telegram-status.ts';
import { verdictRoutes } from './routes/verdict.ts';
import { watchdogRoutes } from './routes/watchdogs.ts';

/** What requests that no route takes are counted under. */
const UNMATCHED = 'unmatched';

/** How fine the time is kept at which an alert last came. */
const TOUCH_EVERY_MS = 1000;

/** The API of port 8000. It never listens by itself; `close` ends it within ten seconds and loses no request that it has read. */
export function webhookApp(deps: WebhookDeps): FastifyInstance {
  const app = fastify({
    keepAliveTimeout: 5000,
    requestTimeout: 30_000,
    // Whoever sends slowly on purpose is cut off within seconds, not at the next of Node's half-minute looks.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5000 },
    // A request that came while we close is served: its sender would have to wait for its next turn otherwise.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    // An alert posted with a slash too many is an alert; a redirect would lose it.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 256 },
  });
  const kept = evidence({
    write: (refusal, signal) => deps.drills.recordRefusal(refusal, signal),
    gaveUp: count => deps.logger.warn({ count }, 'refusals were not written before the end: no verdict will name them'),
  });
  const refused = refusedLog(deps.logger, () => performance.now());
  const closes = closing(app);
  app.addHook('onClose', () => kept.close());
  app.addHook('onResponse', (request, reply, done) => {
    deps.metrics.request(request.method, request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED), reply.statusCode);
    done();
  });
  // An alert that gets lost on a path that is none, or that something on its way turned into a GET.
  for (const method of ['GET', 'POST']) deps.metrics.route(method, UNMATCHED, [404]);
  app.setErrorHandler((err: FastifyError, _, reply) => {
    const failure = explain(err, { ...deps, refused });
    return reply.code(failure.status).send(errorBody(failure));
  });
  readBodies(app);
  lostRequests(app, { ...deps, evidence: kept });
  documented(app, deps.version);
  const senders = { ...deps, refused, evidence: kept, intake: sparingly(deps.intake, TOUCH_EVERY_MS), deadline: storeDeadlines() };
  app.register(alertRoutes, senders);
  app.register(sentryRoutes, senders);
  if (deps.telegram) app.register(telegramRoutes, { ...deps, telegram: deps.telegram });
  app.register(async api => typedRoutes(api, { ...deps, closing: closes }));
  return app;
}

/** The zod compilers stay inside: plugins with JSON schemas of their own break under them. */
function typedRoutes(api: FastifyInstance, deps: WebhookDeps & { closing: AbortSignal }): void {
  const typed = api.withTypeProvider<ZodTypeProvider>();
  seriesOfRoutes(typed, deps);
  typed.setValidatorCompiler(validatorCompiler);
  typed.setSerializerCompiler(serializerCompiler);
  typed.addContentTypeParser('application/json', { parseAs: 'string' }, typed.getDefaultJsonParser('error', 'error'));
  typed.register(healthRoutes, deps);
  if (deps.approvals) typed.register(decisionRoutes, { ...deps, approvals: deps.approvals });
  typed.register(async guarded => {
    guarded.decorateRequest(CALLER, '');
    guarded.addHook('onRequest', requireCaller(deps));
    guarded.register(drillRoutes, deps);
    guarded.register(verdictRoutes, deps);
    guarded.register(flaggerRoutes, deps);
    guarded.register(watchdogRoutes, deps);
    guarded.register(incidentRoutes, deps);
    guarded.register(traceRoutes, deps);
    guarded.register(deliveryRoutes, deps);
    guarded.register(outcomeRoutes, deps);
    if (deps.approvals) guarded.register(approvalRoutes, { ...deps, approvals: deps.approvals });
    if (deps.repairPause) guarded.register(repairPauseRoutes, { ...deps, repairPause: deps.repairPause });
    if (deps.recommendations) guarded.register(learningRoutes, { ...deps, recommendations: deps.recommendations });
    guarded.register(telegramStatusRoutes, { telegramStatus: deps.telegramStatus ?? { mode: 'off' } });
  });
}

/** What a route is documented to answer is counted from 0: a rise is seen only where there was a series before. */
function seriesOfRoutes(api: Pick<FastifyInstance, 'addHook'>, { metrics }: WebhookDeps): void {
  api.addHook('onRoute', ({ method, url, schema }) => {
    const statuses = Object.keys(isRecord(schema?.response) ? schema.response : {}).map(Number);
    for (const each of [method].flat()) metrics.route(each, url, statuses);
  });
}

/** An alert posted to a path that is none is how a chain breaks unseen: it is kept as evidence. */
function lostRequests(app: FastifyInstance, { evidence, now }: WebhookDeps & { evidence: Evidence }): void {
  app.addHook('onRequest', (request, _, done) => {
    if (request.is404) takeAnyContentType(request);
    done();
  });
  app.setNotFoundHandler((request, reply) => {
    const refused = { status: 404, reason: 'there is nothing at this path' };
    if (request.method === 'POST') return refuse(request, reply, { ...refused, evidence, now: now() });
    return reply.code(404).send(errorBody(refused));
  });
}

function explain(err: FastifyError, { logger, refused }: WebhookDeps & { refused: RefusedLog }): Refused {
  if (err instanceof PortError) {
    refused(err);
    return { status: 503, reason: 'the store or the API server is away; try again' };
  }
  const status = err.statusCode ?? 500;
  if (status < 500) return { status, reason: excerpt(err.message) };
  logger.error({ err }, 'a request failed');
  return { status: 500, reason: 'internal error; the log of this server names it' };
}
