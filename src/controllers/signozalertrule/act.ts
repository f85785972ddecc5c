import { RULE_FINALIZER } from '../../crds/signozalertrule/kind.ts';
import type { RuleStep } from '../../domain/rule/next-step.ts';
import { stalled } from '../../domain/rule/rule-conditions.ts';
import { created } from './create.ts';
import { removedDuplicate } from './duplicate.ts';
import { reasonOf, sentence } from './faults.ts';
import { planned } from './plan.ts';
import { reported, settled } from './settle.ts';
import type { Sight } from './sight.ts';
import type { RuleOutcome, RuleTurn } from './turn.ts';
import { updated } from './update.ts';

/** Decides the step of a turn, on rules as the last list had them or, closely, as SigNoz shows them now. */
export type See = (closely: boolean) => Promise<Sight>;

/** How soon it is seen that a person has put right in SigNoz what stood in the way. */
const REFUSED_RECHECK_MS = 60_000;

/** Carries out the step of a turn, or says why not. */
export async function act(turn: RuleTurn, see: See): Promise<RuleOutcome> {
  const { step } = await see(false);
  switch (step.do) {
    case 'create':
    case 'update':
    case 'remove-duplicate':
      return carriedOut(turn, step, see);
    case 'refuse':
      return { conditions: stalled(step.reason, step.message), requeueAfterMs: REFUSED_RECHECK_MS };
    case 'report':
      return told(turn, see);
    case 'wait':
      return { ...settled(turn, step.rule), requeueAfterMs: Math.max(1_000, step.until.getTime() - turn.ctx.now().getTime()) };
    case 'nothing':
      return settled(turn, step.rule, step.duplicates);
  }
}

export type Effect = Extract<RuleStep, { do: 'create' | 'update' | 'remove-duplicate' }>;

async function carriedOut(turn: RuleTurn, step: Effect, see: See): Promise<RuleOutcome> {
  const { rule, key, signoz, ctx } = turn;
  if (rule.spec.mode === 'Plan') {
    const sight = await see(true);
    const plan = planned(turn, sight);
    if (plan) return plan;
  }
  const { finalizers = [] } = rule.metadata;
  // Claimed before anything is written there: a rule that outlives its object would be nobody's.
  if (!finalizers.includes(RULE_FINALIZER)) return { finalizers: [...finalizers, RULE_FINALIZER], requeueAfterMs: 0 };
  const { refusal } = signoz.rest;
  if (refusal) return { conditions: stalled(reasonOf(refusal.why), sentence(refusal.why)), requeueAfterMs: refusal.leftMs };
  if (!signoz.admits(key, ctx.priority)) return { undecided: true };
  // The rule of that name may have been made since the last list.
  if (step.do === 'create' && rule.spec.adoption.policy === 'ByName' && !signoz.listedSinceAsked(key, ctx.priority))
    return { undecided: true };
  if (step.do === 'create') return created(turn, step);
  return step.do === 'update' ? updated(turn, see) : removedDuplicate(turn, see);
}

/** To name what was changed, the rule itself is asked for: once for each change. */
async function told(turn: RuleTurn, see: See): Promise<RuleOutcome> {
  const { step } = await see(false);
  if (step.do !== 'report') return { requeueAfterMs: 0 };
  const entry = step.id === undefined ? undefined : turn.inventory().get(step.id);
  const { lastDrift } = turn.rule.status ?? {};
  if (!entry || lastDrift?.updatedAt === entry.updatedAt) return reported(turn, entry, undefined);
  const near = await see(true);
  if (near.step.do !== 'report') return { requeueAfterMs: 0 };
  return reported(turn, turn.inventory().get(entry.id), near.live.get(entry.id));
}
