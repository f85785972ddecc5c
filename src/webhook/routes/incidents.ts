import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { incidentView } from '../../domain/incidents/incident-view.ts';
import { partitionOfIncident } from '../../domain/incidents/partition.ts';
import type { Changed, IncidentQuery } from '../../domain/ports/incident-store.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { callerOf } from '../auth/caller-hook.ts';
import type { WebhookDeps } from '../deps.ts';
import { errorBody } from '../refuse.ts';
import { IncidentBody, Severity, Source, Status } from './incident-schema.ts';
import { ErrorBody, REFUSALS } from './schema.ts';

const STORE_WITHIN_MS = 5000;
const within = (): AbortSignal => AbortSignal.timeout(STORE_WITHIN_MS);

const When = z.iso
  .datetime({ offset: true, error: 'give a time such as 2026-03-29T10:00:00Z' })
  .transform(text => new Date(text))
  .describe('A time such as 2026-03-29T10:00:00Z.');

const Query = z.object({
  status: Status.optional(),
  source: Source.optional(),
  severity: Severity.optional(),
  anomaly_key: z.string().max(64).optional(),
  alertname: z.string().max(1024).optional(),
  since: When.optional().describe('Opened at this time or later.'),
  until: When.optional().describe('Opened at this time or earlier.'),
  limit: z
    .string()
    .regex(/^[0-9]{1,3}$/, { error: 'give a whole number from 1 to 200' })
    .transform(Number)
    .refine(count => count >= 1 && count <= 200, { error: 'give a whole number from 1 to 200' })
    .default(50)
    .describe('At most so many; 1 to 200.'),
  cursor: z.string().max(2048).optional().describe('`next` of the page before.'),
});

const Params = z.object({ id: z.string() });
const COMMON = { tags: ['incidents'], security: [{ bearer: [] }] };
const ONE = { 200: IncidentBody, 404: ErrorBody, ...REFUSALS };

/** Incidents to read, to acknowledge and to resolve. */
export const incidentRoutes: FastifyPluginAsyncZod<WebhookDeps> = async (app, { incidents, changeTold }) => {
  app.get(
    '/api/v1/incidents',
    {
      schema: {
        ...COMMON,
        summary: 'Incidents, newest first',
        description: 'A page may hold fewer than `limit`; the last is the one whose `next` is null.',
        querystring: Query,
        response: { 200: z.object({ incidents: z.array(IncidentBody), next: z.string().nullable() }), ...REFUSALS },
      },
    },
    async (request, reply) => {
      const page = await incidents.list(queryOf(request.query), within()).catch((err: unknown) => unlessRejected(err));
      if (!page) return badCursor(reply);
      return { incidents: page.incidents.map(incidentView), next: page.next ?? null };
    },
  );

  app.get(
    '/api/v1/incidents/:id',
    { schema: { ...COMMON, summary: 'One incident', params: Params, response: ONE } },
    async (request, reply) => {
      const { id } = request.params;
      const found = isId(id) ? await incidents.find(id, within()) : undefined;
      return found ? incidentView(found) : missing(reply, id);
    },
  );

  const changes = [
    ['acknowledge', 'An open incident becomes acknowledged'],
    ['resolve', 'An incident becomes resolved, whatever its alerts do'],
  ] as const;
  for (const [change, summary] of changes) {
    app.post(
      `/api/v1/incidents/:id/${change}`,
      {
        schema: {
          ...COMMON,
          summary,
          description: 'By whom is the name of the token or of the Kubernetes user; a body is not read. Asked again, it answers the same.',
          params: Params,
          response: ONE,
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const by = { who: callerOf(request), tell: changeTold };
        const changed: Changed = isId(id) ? await incidents[change](id, by, within()) : { is: 'missing' };
        return changed.is === 'missing' ? missing(reply, id) : incidentView(changed.incident);
      },
    );
  }
};

function queryOf(query: z.infer<typeof Query>): IncidentQuery {
  const { status, source, severity, anomaly_key: anomalyKey, alertname: name, since: openedSince, until: openedUntil } = query;
  return {
    limit: query.limit,
    ...(status && { status }),
    ...(source && { source }),
    ...(severity && { severity }),
    ...(anomalyKey && { anomalyKey }),
    ...(name && { name }),
    ...(openedSince && { openedSince }),
    ...(openedUntil && { openedUntil }),
    ...(query.cursor && { cursor: query.cursor }),
  };
}

function isId(id: string): boolean {
  return partitionOfIncident(id) !== undefined;
}

/** A cursor that the store did not give. */
function unlessRejected(err: unknown): undefined {
  if (err instanceof PortError && err.fault === 'rejected') return undefined;
  throw err;
}

function badCursor(reply: FastifyReply): FastifyReply {
  return reply
    .code(400)
    .send(errorBody({ status: 400, reason: 'the cursor is none of ours: leave it out to begin with the newest incidents' }));
}

function missing(reply: FastifyReply, id: string): FastifyReply {
  const why = isId(id) ? 'it never was, or is forgotten by age' : 'an id looks like inc-07-3f9c0a1b2c4d5';
  return reply
    .code(404)
    .send(errorBody({ status: 404, reason: `there is no incident of this id: ${why}; GET /api/v1/incidents lists them` }));
}
