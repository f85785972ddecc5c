import type { See } from './act.ts';
import type { RuleOutcome, RuleTurn } from './turn.ts';

/** Deletes a second rule with our marker, after one more look: it must be just what we would have written, and the older one must stand. */
export async function removedDuplicate(turn: RuleTurn, see: See): Promise<RuleOutcome> {
  const { signoz, deps, ctx } = turn;
  const id = await signoz.write(ctx.priority, ctx.signal, async () => {
    const { step } = await see(true);
    if (step.do !== 'remove-duplicate') return undefined;
    const kept = await signoz.look(step.keep.id, ctx.signal);
    if (kept.is !== 'found') return undefined;
    ctx.fence();
    await deps.rules.remove(signoz.connection, step.id, ctx.signal);
    signoz.forgetRule(step.id);
    return step.id;
  });
  if (id === undefined) return { requeueAfterMs: 0 };
  const message = `SigNoz had a second rule with the marker of this object and the same content; the younger one, ${id}, was deleted.`;
  return { requeueAfterMs: 0, events: [{ type: 'Warning', reason: 'DuplicateRemoved', message, action: 'Delete' }] };
}
