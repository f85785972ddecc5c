import { giveUpAt } from '../../domain/rule/deletion-step.ts';
import { passesByItself } from '../../domain/ports/port-error.ts';
import { reconciling, ruleUrl } from '../../domain/rule/rule-conditions.ts';
import { elsewhere, leftBehind, type Moved } from './left-behind.ts';
import { type RuleOutcome, type RuleTurn, timeOf } from './turn.ts';

const RECHECK_MS = 15_000;

/**
 * Where a turn would record that the rule is in another SigNoz from now on, that of before is dealt with first: once it is recorded nobody
 * knows of it any more. While it does not answer it is asked again, for no longer than spec.finalizerTimeout.
 */
export async function movedOn(turn: RuleTurn, outcome: RuleOutcome): Promise<RuleOutcome> {
  const { rule, signoz, deps, ctx } = turn;
  const { connection, ruleId } = outcome.status ?? {};
  const before = connection && elsewhere(rule.status, signoz.connection.url);
  // The same id: it is the same SigNoz under another URL.
  if (!before || ruleId === undefined || ruleId === before.ruleId) return outcome;
  const { deletionPolicy, mode } = rule.spec;
  const deletes = deletionPolicy === 'Delete' && mode === 'Apply';
  const giveUp = giveUpAt({ deletedAt: leavingSince(turn), finalizerTimeout: rule.spec.finalizerTimeout });
  try {
    const told = await leftBehind({ metadata: rule.metadata, before, deletes, patient: ctx.now() < giveUp, deps, ctx });
    return { ...outcome, events: [...(outcome.events ?? []), told] };
  } catch (err) {
    if (!passesByItself(err)) throw err;
    return leaving(outcome, { before, giveUp, now: ctx.now() });
  }
}

/** When the SigNoz of before was found not to answer. */
function leavingSince({ rule, ctx }: RuleTurn): Date {
  const ready = rule.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.reason === 'Leaving' ? new Date(ready.lastTransitionTime) : ctx.now();
}

interface Leaving {
  readonly before: Moved['before'];
  readonly giveUp: Date;
  readonly now: Date;
}

/** The rule is where it belongs; the status goes on to name the one of before. */
function leaving(outcome: RuleOutcome, { before, giveUp, now }: Leaving): RuleOutcome {
  const { ruleId, connection } = before;
  const url = ruleUrl(connection.url, ruleId);
  const stands = 'The rule is in the SigNoz that the object points to';
  const message = `${stands}, and that of before does not answer, where rule ${ruleId} may still fire (${url}). It is tried again until ${timeOf(giveUp)}, and left there then.`;
  return {
    ...outcome,
    status: { ...outcome.status, ruleId, connection, url, remoteState: undefined },
    conditions: reconciling('Leaving', message),
    requeueAfterMs: Math.min(RECHECK_MS, Math.max(0, giveUp.getTime() - now.getTime())),
  };
}
