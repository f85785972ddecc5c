import { PortError } from '../domain/ports/port-error.ts';
import { isRecord, parsedJson } from '../domain/text/json.ts';
import { attempt, HopFailure } from './failure.ts';
import { type HopContext, passed } from './hop.ts';
import { badAnswer, callTarget, jsonObject, requireStatus, type TargetAnswer } from './target-request.ts';

const APPROVALS = '/api/v1/approvals';
const WITHDRAW_WITHIN_MS = 5000;
/** How long after the hop's time an answer is still waited for, to take back what was asked for. */
const LATE_MS = 5000;

/**
 * An approval can be asked for and found again; it is withdrawn whatever became of it in between. Only the API can end one whose answer is lost
 * or whose asker is killed before it knows the id: a drill's approval has to expire by itself there.
 */
export const approval = attempt(async (hop, ctx) => {
  const asked = await ask(ctx);
  const id = idIn(asked);
  if (id === undefined) throw badAsked(asked);
  const path = `${APPROVALS}/${encodeURIComponent(id)}`;
  await tried(id, { asked, path, ctx }).catch(async (err: unknown) => {
    // What was answered or read is what failed: a withdrawal that fails besides would only hide it.
    await withdraw(path, ctx).catch(forgive);
    throw err;
  });
  await withdraw(path, ctx);
  return passed(hop, `Approval ${id} was asked for, found and withdrawn.`, { latencyMs: ctx.elapsedMs(), statusCode: asked.status });
});

/** On time of its own, like the withdrawal: given up on earlier, an approval that is made late would wait for ever, for nobody knows its id. */
function ask(ctx: HopContext): Promise<TargetAnswer> {
  const timeoutMs = ctx.timeoutMs + LATE_MS;
  const signal = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs - ctx.elapsedMs())));
  return callTarget({ method: 'POST', path: APPROVALS, body: JSON.stringify({ drill: true }) }, { ...ctx, signal, timeoutMs });
}

/** Whatever else is wrong with an answer: an approval whose id is known can be taken back. */
function idIn({ body }: TargetAnswer): string | undefined {
  const answer = parsedJson(body);
  const id = isRecord(answer) ? answer['id'] : undefined;
  return typeof id === 'string' && /^(?!\.+$)[\w.:-]{1,128}$/.test(id) ? id : undefined;
}

function badAsked(asked: TargetAnswer): HopFailure {
  requireStatus(asked, 201);
  jsonObject(asked);
  return badAnswer(asked, 'without an id that can be asked for again');
}

async function tried(id: string, { asked, path, ctx }: { asked: TargetAnswer; path: string; ctx: HopContext }): Promise<void> {
  requireStatus(asked, 201);
  if (typeof jsonObject(asked)['status'] !== 'string') throw badAnswer(asked, 'without a status');
  await found(id, path, ctx);
}

async function found(id: string, path: string, ctx: HopContext): Promise<void> {
  const answer = await callTarget({ method: 'GET', path }, ctx);
  requireStatus(answer, 200);
  if (jsonObject(answer)['id'] !== id) throw badAnswer(answer, `that is not approval ${id}`);
}

/** On a signal and time of its own: also a hop whose time is over takes back what it asked for. */
async function withdraw(path: string, ctx: HopContext): Promise<void> {
  const timeoutMs = ctx.elapsedMs() + WITHDRAW_WITHIN_MS;
  const own = { ...ctx, signal: AbortSignal.timeout(WITHDRAW_WITHIN_MS), timeoutMs };
  const answer = await callTarget({ method: 'POST', path: `${path}/withdraw` }, own);
  if (answer.status !== 204) requireStatus(answer, 200);
}

function forgive(err: unknown): void {
  if (!(err instanceof HopFailure) && !(err instanceof PortError)) throw err;
}
