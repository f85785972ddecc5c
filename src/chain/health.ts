import { attempt } from './failure.ts';
import { passed } from './hop.ts';
import { badAnswer, callTarget, jsonObject, requireStatus } from './target-request.ts';

const FAILING = new Set(['unhealthy', 'down', 'error', 'fail', 'failed', 'failing', 'critical', 'unavailable', 'not ok', 'not_ok']);

/** `GET {target}/api/v1/health` answers 200 with a status that is not failing. */
export const health = attempt(async (hop, ctx) => {
  const answer = await callTarget({ method: 'GET', path: '/api/v1/health' }, ctx);
  requireStatus(answer, 200);
  const { status } = jsonObject(answer);
  if (typeof status !== 'string' || status === '') throw badAnswer(answer, 'without a status');
  if (FAILING.has(status.toLowerCase())) throw badAnswer(answer, 'that says it is failing');
  return passed(hop, 'The API answers and says that it is well.', { latencyMs: answer.latencyMs, statusCode: answer.status });
});
