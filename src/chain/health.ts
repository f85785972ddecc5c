import { attempt } from './failure.ts';
import { passed } from './hop.ts';
import { badAnswer, callTarget, jsonObject, requireStatus } from './target-request.ts';

/** What health endpoints say when all is well. `degraded` and `warn` are not among them: they say themselves that something is not. */
const WELL = 'ok, healthy, up, pass, passing, alive, live, ready, running, serving, online, operational, available, green, success';
const WORDS = new Set(WELL.split(', '));

/** `GET {target}/api/v1/health` answers 200 with a status that says it is well. A word that nobody knows says nothing. */
export const health = attempt(async (hop, ctx) => {
  const answer = await callTarget({ method: 'GET', path: '/api/v1/health' }, ctx);
  requireStatus(answer, 200);
  const { status } = jsonObject(answer);
  if (typeof status !== 'string' || status === '') throw badAnswer(answer, 'without a status');
  if (!WORDS.has(status.trim().toLowerCase())) throw badAnswer(answer, `whose status is none of ${WELL}`);
  return passed(hop, 'The API answers and says that it is well.', { latencyMs: answer.latencyMs, statusCode: answer.status });
});
