import { PortError } from '../../domain/ports/port-error.ts';
import type { See } from './act.ts';
import { settled } from './settle.ts';
import type { RuleOutcome, RuleTurn } from './turn.ts';

/** Deletes a second rule with our marker, after one more look: it must be just what we would have written, and the older one must stand. */
export async function removedDuplicate(turn: RuleTurn, see: See): Promise<RuleOutcome> {
  const { signoz, deps, ctx } = turn;
  return signoz.write(ctx.priority, ctx.signal, async () => {
    const { step } = await see(true);
    if (step.do !== 'remove-duplicate') return { requeueAfterMs: 0 };
    const kept = await signoz.look(step.keep.id, ctx.signal);
    if (kept.is !== 'found') return { requeueAfterMs: 0 };
    ctx.fence();
    try {
      await deps.rules.remove(signoz.connection, step.id, ctx.signal);
    } catch (err) {
      // A planned maintenance holds the second one: that says nothing against the first.
      if (err instanceof PortError && err.statusCode === 409) return settled(turn, step.keep, [step.id]);
      throw err;
    }
    signoz.forgetRule(step.id);
    const message = `SigNoz had a second rule with the marker of this object and the same content; the younger one, ${step.id}, was deleted.`;
    return { requeueAfterMs: 0, events: [{ type: 'Warning', reason: 'DuplicateRemoved', message, action: 'Delete' }] };
  });
}
