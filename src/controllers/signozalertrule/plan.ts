import { normalForm } from '../../domain/rule/normal-form.ts';
import { type Planned, planOf } from '../../domain/rule/plan-of.ts';
import { evaluation, planPending, standing } from '../../domain/rule/rule-conditions.ts';
import { placeOf } from './settle.ts';
import type { Sight } from './sight.ts';
import { driftOf, type RuleOutcome, type RuleTurn } from './turn.ts';

/** What waits for approval; undefined once just this is approved. */
export function planned(turn: RuleTurn, sight: Sight): RuleOutcome | undefined {
  const { rule, inventory, signoz } = turn;
  const change = changeOf(turn, sight);
  if (!change) return { requeueAfterMs: 0 };
  const plan = planOf(change);
  if (rule.spec.approvedPlan === plan.hash) return undefined;
  const entry = change.id === undefined ? undefined : inventory().get(change.id);
  const live = change.id === undefined ? undefined : sight.live.get(change.id);
  const drifted = sight.step.do === 'update' && sight.step.drifted && live;
  return {
    // A rule that is yet to be taken over is not ours: the status may not name it before.
    status: {
      plan,
      ...(entry && change.action !== 'Adopt' && { ...standing(entry, signoz.connection.url), connection: placeOf(turn) }),
      ...(drifted && { lastDrift: driftOf(turn, live) }),
    },
    conditions: {
      ...planPending(plan),
      ...(drifted && {
        Drifted: { status: 'True', reason: 'PlanPending', message: 'The rule was changed in SigNoz; see status.lastDrift.' },
      }),
      ...(entry && { Evaluating: evaluation(entry, { spec: rule.spec, written: rule.status?.written }) }),
    },
  };
}

function changeOf({ want, rule }: RuleTurn, { step, live }: Sight): Planned | undefined {
  const ignore = rule.spec.drift.ignoreFields;
  if (step.do === 'create') return { action: 'Create', want: want.normal, since: rule.status?.ruleId ?? '' };
  if (step.do === 'remove-duplicate') return { action: 'Delete', id: step.id, have: want.normal };
  if (step.do !== 'update') return undefined;
  const { body, updatedAt = '' } = live.get(step.id) ?? {};
  const action = step.why === 'Adoption' ? 'Adopt' : 'Update';
  return { action, id: step.id, want: want.normal, ...(body && { have: normalForm(body) }), ignore, since: updatedAt };
}
