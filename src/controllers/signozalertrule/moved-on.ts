import { elsewhere, leftBehind } from './left-behind.ts';
import type { RuleOutcome, RuleTurn } from './turn.ts';

/**
 * Where a turn would record that the rule is in another SigNoz from now on, that of before is dealt with first: once it is recorded nobody
 * knows of it any more.
 */
export async function movedOn({ rule, signoz, deps, ctx }: RuleTurn, outcome: RuleOutcome): Promise<RuleOutcome> {
  const { connection, ruleId } = outcome.status ?? {};
  const before = connection && elsewhere(rule.status, signoz.connection.url);
  // The same id: it is the same SigNoz under another URL.
  if (!before || ruleId === undefined || ruleId === before.ruleId) return outcome;
  const { deletionPolicy, mode } = rule.spec;
  const deletes = deletionPolicy === 'Delete' && mode === 'Apply';
  const told = await leftBehind({ metadata: rule.metadata, before, deletes, deps, ctx });
  return { ...outcome, events: [...(outcome.events ?? []), told] };
}
