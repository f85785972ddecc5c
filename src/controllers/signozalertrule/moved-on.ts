import type { RuleLeaving } from '../../crds/signozalertrule/status.ts';
import { giveUpAt } from '../../domain/rule/deletion-step.ts';
import { reconciling, type RuleConditions, ruleUrl } from '../../domain/rule/rule-conditions.ts';
import { partedFrom } from './left-behind.ts';
import { leavingOf } from './recorded.ts';
import { type RuleOutcome, type RuleTurn, timeOf } from './turn.ts';

const RECHECK_MS = 15_000;

/**
 * Where a turn records that the rule is in another SigNoz from now on, that of before is dealt with. While it does not answer, the status
 * names it, and it is asked again, for no longer than spec.finalizerTimeout.
 */
export async function movedOn(turn: RuleTurn, outcome: RuleOutcome): Promise<RuleOutcome> {
  const { rule, signoz, deps, ctx } = turn;
  const { connection, ruleId } = outcome.status ?? {};
  if (!connection || ruleId === undefined) return outcome;
  const leaving = leavingOf(rule.status, { url: signoz.connection.url, ruleId, now: ctx.now() });
  const { deletionPolicy, mode, finalizerTimeout } = rule.spec;
  const giveUp = ({ since }: RuleLeaving): Date => giveUpAt({ deletedAt: new Date(since), finalizerTimeout });
  const { told, still } = await partedFrom(leaving, {
    metadata: rule.metadata,
    deletes: deletionPolicy === 'Delete' && mode === 'Apply',
    patient: one => ctx.now() < giveUp(one),
    deps,
    ctx,
  });
  const { conditions, requeueAfterMs = RECHECK_MS } = outcome;
  return {
    ...outcome,
    status: { ...outcome.status, leaving: still.length > 0 ? [...still] : undefined },
    ...(told.length > 0 && { events: [...(outcome.events ?? []), ...told] }),
    ...(still.length > 0 && {
      ...(conditions && {
        conditions: leavingToo(
          conditions,
          still.map(one => ({ ...one, giveUp: giveUp(one) })),
        ),
      }),
      requeueAfterMs: Math.min(requeueAfterMs, ...still.map(one => recheckMs(giveUp(one), ctx.now()))),
    }),
  };
}

function recheckMs(giveUp: Date, now: Date): number {
  return Math.min(RECHECK_MS, Math.max(1_000, giveUp.getTime() - now.getTime()));
}

/** What is known of the rule where the object points to is said all the same; one that is not ready there is the worse news. */
function leavingToo(conditions: RuleConditions, still: readonly (RuleLeaving & { readonly giveUp: Date })[]): RuleConditions {
  const where = still.map(
    ({ ruleId, connection, giveUp }) =>
      `rule ${ruleId} may still fire (${ruleUrl(connection.url, ruleId)}), which is tried again until ${timeOf(giveUp)}, and left there then`,
  );
  const message = `The rule is in the SigNoz that the object points to, and that of before does not answer, where ${where.join('; and where ')}.`;
  const { Ready, Reconciling } = reconciling('Leaving', message.slice(0, 1_024));
  const ready = conditions['Ready']?.status === 'False' ? conditions['Ready'] : Ready;
  return { ...conditions, ...(ready && { Ready: ready }), ...(Reconciling && { Reconciling }) };
}
