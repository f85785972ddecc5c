import { PortError } from '../../domain/ports/port-error.ts';
import type { RuleStep } from '../../domain/rule/next-step.ts';
import type { Emission } from '../../kube/reconcile.ts';
import { written } from './written.ts';
import { deletionDrift, type RuleOutcome, type RuleTurn } from './turn.ts';

/** Creates the rule. Never twice without a look: where nobody knows the outcome, only a list that begins later says what to do. */
export async function created(turn: RuleTurn, step: Extract<RuleStep, { do: 'create' }>): Promise<RuleOutcome> {
  const { key, want, signoz, deps, ctx } = turn;
  // Worked out before its turn to be written has come: nobody can write meanwhile.
  const { body } = want;
  const id = await signoz.write(ctx.priority, ctx.signal, async () => {
    ctx.fence();
    try {
      return await deps.rules.create(signoz.connection, body, ctx.signal);
    } catch (err) {
      if (!isRefusal(err)) signoz.unsettle(key);
      throw err;
    }
  });
  if (step.why === 'Deleted') deps.drifted('corrected');
  const drift = step.why === 'Deleted' ? { lastDrift: deletionDrift(turn) } : {};
  // Until it is seen there, nobody may take the rule for one that was never made.
  signoz.unsettle(key);
  const outcome = await written(turn, id, { status: drift, events: eventsOf(turn, id, step) });
  signoz.settle(key);
  return outcome;
}

/** SigNoz has said no: nothing was stored. After anything else nobody knows. */
function isRefusal(err: unknown): boolean {
  return err instanceof PortError && ['rejected', 'unauthorized', 'forbidden', 'rate-limited'].includes(err.fault);
}

function eventsOf({ want }: RuleTurn, id: string, { why, beside }: Extract<RuleStep, { do: 'create' }>): Emission[] {
  const again = why === 'Deleted' ? 'The rule had been deleted in SigNoz and was created again' : 'The rule was created in SigNoz';
  const created: Emission = {
    type: why === 'Deleted' ? 'Warning' : 'Normal',
    reason: 'Created',
    message: `${again}: ${id}.`,
    action: 'Create',
  };
  if (beside.length === 0) return [created];
  const message = `SigNoz has another rule named ${want.name} that no object owns (${beside.slice(0, 5).join(', ')}), and both may fire: delete it there, or take it over with spec.adoption.`;
  return [created, { type: 'Warning', reason: 'SameName', message, action: 'Create' }];
}
