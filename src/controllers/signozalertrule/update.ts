import { keepingIgnored } from '../../domain/rule/ignored-places.ts';
import type { RuleStep } from '../../domain/rule/next-step.ts';
import type { Emission } from '../../kube/reconcile.ts';
import type { See } from './act.ts';
import type { Sight } from './sight.ts';
import { driftOf, type RuleOutcome, type RuleTurn, timeOf } from './turn.ts';
import { written } from './written.ts';

type Update = Extract<RuleStep, { do: 'update' }>;

/**
 * Writes over the rule with what the spec asks for. It is looked at when its turn to be written has come, so that what is written over is
 * known and named, and a rule that is no longer to be written is not.
 */
export async function updated(turn: RuleTurn, see: See): Promise<RuleOutcome> {
  const { want, signoz, deps, ctx } = turn;
  // Worked out before its turn to be written has come: nobody can write meanwhile.
  const { body } = want;
  const done = await signoz.write(ctx.priority, ctx.signal, async () => {
    const sight = await see(true);
    if (sight.step.do !== 'update') return undefined;
    ctx.fence();
    const { id } = sight.step;
    const live = sight.live.get(id)?.body;
    const sent = live ? keepingIgnored(body, live, turn.rule.spec.drift.ignoreFields) : body;
    const answer = await deps.rules.replace(signoz.connection, { id, body: sent }, ctx.signal);
    return { step: sight.step, sight, answer };
  });
  // What it was decided on has changed: from the beginning, on what is known now.
  if (!done) return { requeueAfterMs: 0 };
  if (done.answer === 'gone') {
    signoz.forgetRule(done.step.id);
    return { requeueAfterMs: 0 };
  }
  return written(turn, done.step.id, told(turn, done.step, done.sight));
}

/** Written again because of what SigNoz makes of it: counted, so that it is done ever more seldom. */
const HEALS: ReadonlySet<Update['why']> = new Set(['NotLoaded', 'NotStopped', 'Unreadable']);

function told(turn: RuleTurn, step: Update, { live }: Sight): Pick<RuleOutcome, 'status' | 'events'> {
  const { rule, ctx } = turn;
  const before = live.get(step.id);
  const lastDrift = step.drifted && before ? driftOf(turn, before) : undefined;
  if (lastDrift) turn.deps.drifted('corrected');
  const attempts = (rule.status?.healing?.attempts ?? 0) + 1;
  return {
    status: {
      ...(lastDrift && { lastDrift }),
      ...(HEALS.has(step.why) && { healing: { attempts, time: timeOf(ctx.now()) } }),
    },
    events: [eventOf(step, lastDrift)],
  };
}

const MOST_FIELDS = 8;

function eventOf({ id, why }: Update, drift: ReturnType<typeof driftOf> | undefined): Emission {
  const action = 'Update';
  if (drift) {
    const fields = drift.fields.slice(0, MOST_FIELDS).join(', ');
    const by = drift.updatedBy === undefined ? '' : ` by ${drift.updatedBy}`;
    const message = `The rule had been changed in SigNoz${by} (${fields}) and was written anew as the spec asks for it.`;
    return { type: 'Warning', reason: 'DriftCorrected', message, action };
  }
  if (why === 'Adoption') return { type: 'Normal', reason: 'Adopted', message: `Rule ${id} of SigNoz was taken over.`, action };
  if (why === 'NotLoaded') {
    return {
      type: 'Warning',
      reason: 'NotLoaded',
      message: 'SigNoz had not loaded the rule; it was written again so that it does.',
      action,
    };
  }
  if (why === 'NotStopped') {
    return {
      type: 'Normal',
      reason: 'Disabled',
      message: 'SigNoz went on to evaluate the disabled rule; it was written again so that it stops.',
      action,
    };
  }
  return { type: 'Normal', reason: 'Updated', message: 'The rule in SigNoz was written anew as the spec asks for it.', action };
}
