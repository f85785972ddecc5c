import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { approvalOf } from '../../domain/approvals/approval.ts';
import { approvalView, type ApprovalView, drillApprovalView, inOrderOfAsking } from '../../domain/approvals/approval-view.ts';
import { runOfApproval } from '../../domain/approvals/decide-run.ts';
import { isDrillId, newDrillId } from '../../domain/approvals/drill-id.ts';
import type { DrillApprovals } from '../../domain/ports/drill-approvals.ts';
import type { RepairObjects } from '../../domain/ports/repair-objects.ts';
import { tokenIn } from '../auth/api-caller.ts';
import { CALLER, callerOf, requireCaller } from '../auth/caller-hook.ts';
import type { WebhookDeps } from '../deps.ts';
import { errorBody } from '../refuse.ts';
import { ApprovalBody, DecisionRequest, DrillAnswer, DrillRequest, LateBody, ListBody, ListQuery } from './approval-schema.ts';
import { decideDrill, decideRunAs, type Settled, VERBS } from './decide-approval.ts';
import { ErrorBody, REFUSALS } from './schema.ts';

export interface ApprovalPorts {
  readonly objects: RepairObjects;
  readonly drills: DrillApprovals;
}

export interface ApprovalRoutesDeps extends WebhookDeps {
  readonly approvals: ApprovalPorts;
}

const WITHIN_MS = 5000;
const within = (): AbortSignal => AbortSignal.timeout(WITHIN_MS);

/** Longer than any hop of a probe, so that it can be withdrawn; short enough that one that is forgotten is no matter. */
const DRILL_TTL_MS = 5 * 60_000;

const Params = z.object({ id: z.string() });
const COMMON = { tags: ['approvals'], security: [{ bearer: [] }] };
const ASKING = {
  ...COMMON,
  summary: 'Ask for the approval of a drill',
  description:
    'It ends by itself within minutes, nobody is told of it, and nothing comes of it. Approvals of repairs are asked for by RepairRuns.',
  body: DrillRequest,
  response: { 201: DrillAnswer, ...REFUSALS },
};
const ONE = {
  ...COMMON,
  summary: 'One approval',
  description: 'Of a repair, or of a drill. It tells who has decided, how each of them was proven, and how the run stands.',
  params: Params,
  response: { 200: ApprovalBody, 404: ErrorBody, ...REFUSALS },
};

/** Approvals of repairs to read, and drills of them to ask for. */
export const approvalRoutes: FastifyPluginAsyncZod<ApprovalRoutesDeps> = async (app, deps) => {
  const { objects, drills } = deps.approvals;

  app.post(
    '/api/v1/approvals',
    {
      schema: ASKING,
    },
    async (request, reply) => {
      const { id, status } = await drills.request({ id: newDrillId(), by: callerOf(request), ttlMs: DRILL_TTL_MS }, within());
      return reply.code(201).send({ id, status });
    },
  );

  app.get(
    '/api/v1/approvals',
    {
      schema: {
        ...COMMON,
        summary: 'Approvals that wait, newest first',
        description: 'Those that were decided or have expired are listed as long as their RepairRun is kept.',
        querystring: ListQuery,
        response: { 200: ListBody, ...REFUSALS },
      },
    },
    async ({ query: { status } }) => {
      const all = objects.runs().flatMap(run => approvalOf(run) ?? []);
      return { approvals: inOrderOfAsking(all.filter(each => status === 'all' || each.status === status).map(approvalView)) };
    },
  );

  app.get(
    '/api/v1/approvals/:id',
    { schema: ONE },
    async ({ params: { id } }, reply) => (await found(id, deps.approvals)) ?? missing(reply),
  );
};

/**
 * Approvals to decide, outside of what asks every caller for a right to the path: a right that is of the whole cluster, while who approves is
 * asked about that one run, and may have the verb in its namespace alone. Whoever comes with no run to be asked about is a caller like all.
 */
export const decisionRoutes: FastifyPluginAsyncZod<ApprovalRoutesDeps> = async (app, deps) => {
  const { objects, drills } = deps.approvals;
  const asCaller = requireCaller(deps);
  app.decorateRequest(CALLER, '');
  app.addHook('onRequest', async function admitted(request: FastifyRequest, reply: FastifyReply) {
    const { data } = Params.safeParse(request.params);
    const isAsked = data !== undefined && tokenIn(request.headers.authorization) !== '' && runOfApproval(objects, data.id) !== undefined;
    return isAsked ? undefined : asCaller.call(this, request, reply);
  });

  for (const verb of VERBS) {
    app.post(
      `/api/v1/approvals/:id/${verb.name}`,
      {
        schema: {
          ...COMMON,
          summary: verb.summary,
          description: DECIDING,
          params: Params,
          body: DecisionRequest.nullish(),
          response: { 200: ApprovalBody, 404: ErrorBody, 409: LateBody, ...REFUSALS },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const settled = isDrillId(id)
          ? await decideDrill(drills, { id, verb, by: callerOf(request) }, within())
          : await decideRunAs(deps, { id, verb, header: request.headers.authorization, reason: request.body?.reason }, within());
        return answered(reply, settled);
      },
    );
  }
};

const DECIDING =
  'About a repair a person decides: the caller signs in with a Kubernetes token (TokenReview) and holds the verb approve on that RepairRun ' +
  '(SubjectAccessReview); a named token of the API is refused. Drills take every caller. Decided twice is decided once.';

async function found(id: string, { objects, drills }: ApprovalPorts): Promise<ApprovalView | undefined> {
  if (isDrillId(id)) {
    const drill = await drills.find(id, within());
    return drill && drillApprovalView(drill);
  }
  const run = runOfApproval(objects, id);
  const approval = run && approvalOf(run);
  return approval && approvalView(approval);
}

function answered(reply: FastifyReply, settled: Settled): ApprovalView | FastifyReply {
  switch (settled.is) {
    case 'decided':
      return settled.approval;
    case 'missing':
      return missing(reply);
    case 'late':
      return reply.code(409).send({ error: 'Conflict', message: settled.reason, approval: settled.approval });
    case 'refused':
      return reply.code(settled.status).send(errorBody(settled));
  }
}

function missing(reply: FastifyReply): FastifyReply {
  const reason =
    'there is no approval of this id: it never was, its run is gone, or it was a drill that has ended; GET /api/v1/approvals lists them';
  return reply.code(404).send(errorBody({ status: 404, reason }));
}
