import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isRepairAction, tierOf } from '../../domain/learning/actions.ts';
import type { Recorded } from '../../domain/ports/learning-repository.ts';
import { sharedTimeout } from '../../domain/signals/shared-timeout.ts';
import { OUTCOME_RESULTS } from '../../telemetry/learning-metrics.ts';
import { callerOf } from '../auth/caller-hook.ts';
import type { WebhookDeps } from '../deps.ts';
import { MOST_OUTCOMES, OutcomesBody, type Reported, type ReportedOutcome, reportedOutcomes } from '../intake/outcome-body.ts';
import { errorBody } from '../refuse.ts';
import { ErrorBody, REFUSALS } from './schema.ts';

const STORE_WITHIN_MS = 10_000;
/** Reports that come together share one signal. */
const SHARED_FOR_MS = 250;
const LIMIT_BYTES = 4 * 1024 * 1024;

const Entry = z.object({
  index: z.int().describe('Its place in the list; 0 of a single one.'),
  status: z.enum(OUTCOME_RESULTS).describe('`repeated`: an outcome with this id was recorded before, and nothing changed.'),
  id: z.string().nullable().describe('Null where it was refused and had none.'),
  id_generated: z.boolean().describe('True where none was given: reported again, it would count once more.'),
  action_known: z.boolean().nullable().describe('False for an action that is not among the known ones; null where it was refused.'),
  tier: z.int().nullable().describe('Of the action; 1 where it is not known.'),
  attempts: z.int().nullable().describe('Of this action for this anomaly, with this one.'),
  successes: z.int().nullable(),
  error: z.string().nullable().describe('What is wrong with one that was refused, and what to do.'),
});

const EXAMPLE = {
  outcomes: [
    {
      index: 0,
      status: 'recorded',
      id: '5b0f5a53-6f2e-4f5c-9f43-9e1f5f3f3c11',
      id_generated: false,
      action_known: true,
      tier: 1,
      attempts: 7,
      successes: 6,
      error: null,
    },
    {
      index: 1,
      status: 'refused',
      id: null,
      id_generated: false,
      action_known: null,
      tier: null,
      attempts: null,
      successes: null,
      error: 'success: it has to be true or false',
    },
  ],
};

const DESCRIPTION =
  `One outcome, or a list of at most ${MOST_OUTCOMES}; each is recorded or refused by itself. Outcomes that are reported make recommendations better; ` +
  'they never let a repair run by itself, for which only runs that the operator verified count. An id is known again within its anomaly: the newest ' +
  'thousand of 90 days. Without an id the header Idempotency-Key is taken, in a list with the place of each behind it; without either an id is made, ' +
  'and a report that was answered by an error may count twice when it is repeated.';

/** `POST /api/v1/repairs/outcomes`: what became of repairs, told by bots, runbooks and people. */
export const outcomeRoutes: FastifyPluginAsyncZod<WebhookDeps> = async (app, { learning, learningMetrics }) => {
  const deadline = sharedTimeout(STORE_WITHIN_MS, SHARED_FOR_MS);

  async function record(reported: readonly ReportedOutcome[]): Promise<readonly Recorded[]> {
    const taken = reported.flatMap(each => (each.is === 'taken' ? each.outcome : []));
    return taken.length === 0 ? [] : learning.record(taken, deadline());
  }

  app.post(
    '/api/v1/repairs/outcomes',
    {
      bodyLimit: LIMIT_BYTES,
      // The schema describes; what is wrong with one entry refuses that entry and not its neighbours.
      validatorCompiler: () => value => ({ value }),
      // What is answered is made here, field by field: to check it again would cost as much as to make it.
      serializerCompiler: () => value => JSON.stringify(value),
      schema: {
        summary: 'Report what became of repairs',
        description: DESCRIPTION,
        tags: ['learning'],
        security: [{ bearer: [] }],
        headers: z.object({ 'idempotency-key': z.string().optional().describe('Stands for the id of outcomes that have none.') }),
        body: OutcomesBody,
        response: { 200: z.object({ outcomes: z.array(Entry) }).meta({ example: EXAMPLE }), 413: ErrorBody, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const reporter = { by: callerOf(request), key: keyOf(request.headers['idempotency-key']), newId: randomUUID };
      const reported = reportedOutcomes(request.body, reporter);
      if (reported === 'neither') return badBody(reply, NEITHER);
      if (reported === 'too-many') return badBody(reply, TOO_MANY);
      const outcomes = answers(reported, await record(reported));
      for (const { status } of outcomes) learningMetrics.outcome(status, 'reported');
      return { outcomes };
    },
  );
};

const NEITHER =
  'the body has to be one outcome, a JSON object with anomaly_key, repair_action and success, or a list of them, sent as application/json';
const TOO_MANY = `at most ${MOST_OUTCOMES} outcomes are taken at once: send them in several requests`;

function keyOf(header: unknown): string | undefined {
  const key = typeof header === 'string' ? header.trim() : '';
  return key === '' ? undefined : key;
}

type Answer = z.infer<typeof Entry>;

const REFUSED = { status: 'refused', id_generated: false, action_known: null, tier: null, attempts: null, successes: null } as const;

/** In the order in which they were given. */
function answers(reported: readonly ReportedOutcome[], recorded: readonly Recorded[]): Answer[] {
  const next = recorded.values();
  return reported.map((each, index): Answer => {
    if (each.is === 'refused') return { ...REFUSED, index, id: each.id ?? null, error: each.error };
    const { value } = next.next();
    if (!value) throw new Error('the store told of fewer outcomes than it was given');
    return { index, ...takenAnswer(each, value), error: null };
  });
}

function takenAnswer({ id, idGenerated, outcome: { action } }: Reported, { is, attempts, successes }: Recorded) {
  return { status: is, id, id_generated: idGenerated, action_known: isRepairAction(action), tier: tierOf(action), attempts, successes };
}

function badBody(reply: FastifyReply, reason: string): FastifyReply {
  return reply.code(400).send(errorBody({ status: 400, reason }));
}
